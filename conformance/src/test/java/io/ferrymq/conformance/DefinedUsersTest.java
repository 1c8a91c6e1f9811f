package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultSaslConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users as definitions files of other tools and times write them, and those who give no name. */
class DefinedUsersTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // Assigned by JUnit.
    private Path dir;

    private static String md5(String password) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("MD5");
        byte[] salt = {1, 2, 3, 4};
        digest.update(salt);
        byte[] hash = digest.digest(password.getBytes(StandardCharsets.UTF_8));
        byte[] both = new byte[salt.length + hash.length];
        System.arraycopy(salt, 0, both, 0, salt.length);
        System.arraycopy(hash, 0, both, salt.length, hash.length);
        return Base64.getEncoder().encodeToString(both);
    }

    private static ConnectionFactory as(BrokerProcess broker, String user, String password) {
        ConnectionFactory factory = RunningBroker.connectionFactory(broker.uri());
        factory.setUsername(user);
        factory.setPassword(password);
        return factory;
    }

    private static void assertLetsIn(ConnectionFactory factory) throws Exception {
        try (Connection connection = factory.newConnection()) {
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void comeInWithAPasswordInPlainTextWithAnOldHashAndWithoutANameIfThatIsWished() throws Exception {
        Path file = Files.writeString(dir.resolve("definitions.json"), """
            \uFEFF{"rabbit_version": "3.5.7",
             "users": [{"name": "plain", "password": "secret", "tags": ""},
                       {"name": "old", "password_hash": "%s", "tags": "administrator"}],
             "permissions": [{"user": "plain", "vhost": "/", "configure": "", "write": "", "read": ""},
                             {"user": "old", "vhost": "/", "configure": "", "write": "", "read": ""}],
             "exchanges": [{"name": "", "vhost": "/", "type": "direct", "arguments": []}],
             "queues": [{"name": "q", "vhost": "/", "durable": true, "auto_delete": false, "arguments": []}],
             "bindings": [{"source": "", "vhost": "/", "destination": "q", "destination_type": "queue",
                           "routing_key": "q", "arguments": []}]}
            """.formatted(md5("older")));
        try (BrokerProcess broker = BrokerProcess.started("definitions.file=" + file, "login.anonymous-user=plain")) {
            assertLetsIn(as(broker, "plain", "secret"));
            assertLetsIn(as(broker, "old", "older"));
            assertThatThrownBy(() -> as(broker, "plain", "wrong").newConnection())
                    .isInstanceOf(AuthenticationFailureException.class);
            ConnectionFactory nobody = as(broker, "nobody", "");
            nobody.setSaslConfig(DefaultSaslConfig.ANONYMOUS);
            assertLetsIn(nobody);
        }
    }
}
