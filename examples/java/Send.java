import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.util.Map;

/** Sends one message to the durable queue {@code tasks} and waits until the broker has it on disk. */
public class Send {
    public static void main(String[] arguments) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(System.getenv().getOrDefault("AMQP_URL", "amqp://guest:guest@localhost:5672"));

        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            channel.queueDeclare("tasks", true, false, false, Map.of());
            channel.confirmSelect();
            channel.basicPublish("", "tasks", MessageProperties.PERSISTENT_TEXT_PLAIN, "Hello World!".getBytes());
            channel.waitForConfirmsOrDie();
            System.out.println(" [x] Sent 'Hello World!'");
        }
    }
}
