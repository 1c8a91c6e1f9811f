import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Receives from the queue {@code tasks} and acknowledges: as many messages as the argument says, or until Ctrl-C. */
public class Receive {
    public static void main(String[] arguments) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(System.getenv().getOrDefault("AMQP_URL", "amqp://guest:guest@localhost:5672"));
        int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : Integer.MAX_VALUE;
        CountDownLatch received = new CountDownLatch(count);

        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            channel.queueDeclare("tasks", true, false, false, Map.of());
            channel.basicQos(1);
            channel.basicConsume(
                    "tasks",
                    (tag, delivery) -> {
                        System.out.println(" [x] Received '" + new String(delivery.getBody()) + "'");
                        channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                        received.countDown();
                    },
                    tag -> System.out.println(" [x] The queue was deleted"));
            received.await();
        }
    }
}
