package io.ferrymq.server;

import io.ferrymq.amqp091.Amqp091;
import io.ferrymq.amqp091.Amqp091Format;
import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.access.PasswordHash;
import io.ferrymq.broker.shard.LocalBroker;
import io.ferrymq.log.DamagedRecordException;
import io.ferrymq.log.DiskDirectory;
import io.ferrymq.log.FreeSpace;
import io.ferrymq.log.JournaledLog;
import io.ferrymq.log.LogEnvironment;
import io.ferrymq.log.LogOptions;
import io.ferrymq.log.SteadyMillis;
import io.ferrymq.log.UnsupportedFormatException;
import io.ferrymq.server.definitions.Definitions;
import io.ferrymq.server.definitions.DefinitionsException;
import io.ferrymq.server.definitions.DefinitionsImport;
import io.ferrymq.server.settings.BrokerSettings;
import io.ferrymq.server.settings.Keys;
import io.ferrymq.server.settings.LogSettings;
import io.ferrymq.server.settings.Settings;
import io.ferrymq.server.settings.SettingsException;
import io.ferrymq.wire.Lane;
import io.ferrymq.wire.ProtocolBinding;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Puts the broker's core together: log, broker, protocols. One shard, on the transport's first lane.
 *
 * <p>Thread contract: opened and closed by the thread that starts and stops the server; what it makes lives on the lane.
 */
final class Assembly implements BrokerCore {
    private static final int TOKEN_BYTES = 16;

    private final LocalBroker broker;
    private final List<ProtocolBinding> protocols;

    private Assembly(LocalBroker broker, List<ProtocolBinding> protocols) {
        this.broker = broker;
        this.protocols = protocols;
    }

    static BrokerCore open(BrokerCore.Parts parts) throws OperatorException, SettingsException {
        Settings settings = parts.settings();
        LogOptions logOptions = LogSettings.shard(settings, 0);
        BrokerOptions brokerOptions = BrokerSettings.broker(settings);
        SecureRandom random = new SecureRandom();
        Lane lane = parts.transport().lanes().getFirst();
        ShardLane shardLane = new ShardLane(lane);
        parts.transport().lanes().forEach(each -> each.onBroken(shardLane::broken));
        DiskDirectory directory = openDirectory(parts.data().path().resolve("shard-0"));
        LogEnvironment logEnvironment = LogEnvironment.threaded(
                "ferry",
                logOptions,
                shardLane,
                new SteadyMillis(System.currentTimeMillis(), System::nanoTime),
                FatalError::logFailed);
        LocalBroker.Environment environment = new LocalBroker.Environment(
                shardLane,
                System::currentTimeMillis,
                System::nanoTime,
                () -> token(random),
                random::nextDouble,
                new FreeSpace(directory),
                parts.transport()::heldBytes,
                parts.transport().objects()::bytes,
                List.of(Amqp091Format.INSTANCE));
        LocalBroker broker = onLane(
                lane,
                () -> LocalBroker.open(
                        environment,
                        brokerOptions,
                        (target, listener) ->
                                JournaledLog.open(directory, logOptions, logEnvironment, target, listener)));
        importDefinitions(parts.definitions(), lane, broker, random);
        Amqp091 amqp = new Amqp091(
                BrokerSettings.amqp(settings),
                new BrokerDoor(broker, settings.find(Keys.LOGIN_ANONYMOUS_USER), new LoginPace(lane::nowMillis)),
                random);
        return new Assembly(broker, List.of(amqp));
    }

    private static void importDefinitions(Definitions definitions, Lane lane, LocalBroker broker, SecureRandom random)
            throws OperatorException {
        boolean imported = false;
        try {
            onLane(lane, () -> {
                DefinitionsImport.run(definitions, broker.administration(), () -> salt(random));
                return definitions;
            });
            imported = true;
        } finally {
            if (!imported) {
                // What came before the refusal stays, and is written before the lane ends.
                broker.stop();
            }
        }
    }

    private static DiskDirectory openDirectory(Path path) throws OperatorException {
        try {
            return DiskDirectory.open(path);
        } catch (IOException e) {
            throw new OperatorException("cannot use the data directory " + path + ": " + e.getMessage(), e);
        }
    }

    /** Work that may fail as opening a log may. */
    private interface Opening<T> {
        T run() throws IOException, DefinitionsException;
    }

    private static <T> T onLane(Lane lane, Opening<T> opening) throws OperatorException {
        CompletableFuture<T> result = new CompletableFuture<>();
        lane.execute(() -> {
            try {
                result.complete(opening.run());
            } catch (IOException | DefinitionsException | RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        try {
            return result.join();
        } catch (CompletionException e) {
            throw toOperator(e);
        }
    }

    private static OperatorException toOperator(CompletionException failure) {
        Throwable cause = failure.getCause();
        if (cause instanceof DefinitionsException) {
            return new OperatorException(String.valueOf(cause.getMessage()), cause);
        }
        if (cause instanceof IOException
                || cause instanceof DamagedRecordException
                || cause instanceof UnsupportedFormatException) {
            return new OperatorException("the log cannot be opened: " + cause.getMessage(), cause);
        }
        throw failure;
    }

    private static byte[] salt(SecureRandom random) {
        byte[] salt = new byte[PasswordHash.SALT_BYTES];
        random.nextBytes(salt);
        return salt;
    }

    private static String token(SecureRandom random) {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public List<ProtocolBinding> protocols() {
        return protocols;
    }

    @Override
    public void close() {
        broker.stop();
    }
}
