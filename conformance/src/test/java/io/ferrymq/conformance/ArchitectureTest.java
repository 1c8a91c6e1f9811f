package io.ferrymq.conformance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The directions between modules and the rules of the hot path. A message of a broken rule says what to do instead. */
class ArchitectureTest {
    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.ferrymq");

    private static void holds(ArchRule rule) {
        rule.check(PRODUCT);
    }

    @Test
    void theProductIsWhatIsLookedAt() {
        PRODUCT.get("io.ferrymq.broker.shard.LocalBroker");
        PRODUCT.get("io.ferrymq.log.JournaledLog");
        PRODUCT.get("io.ferrymq.amqp091.Amqp091");
        PRODUCT.get("io.ferrymq.wire.Transport");
        PRODUCT.get("io.ferrymq.client.Ferry");
        PRODUCT.get("io.ferrymq.embedded.EmbeddedProvider");
        PRODUCT.get("io.ferrymq.tasks.Tasks");
    }

    @Test
    void theLogKnowsBytesAndNothingElse() {
        holds(noClasses()
                .that()
                .resideInAPackage("io.ferrymq.log..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.ferrymq.broker..", "io.ferrymq.wire..", "io.ferrymq.amqp091..", "io.ferrymq.server..")
                .because("the log stores payloads; whoever knows their meaning hands them over as bytes"));
    }

    @Test
    void theBrokerKnowsNoProtocolAndNoSocket() {
        holds(noClasses()
                .that()
                .resideInAPackage("io.ferrymq.broker..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.ferrymq.wire..",
                        "io.ferrymq.amqp091..",
                        "io.ferrymq.server..",
                        "io.netty.channel..",
                        "io.netty.handler..")
                .because("a protocol is translated to the port before it gets here"));
    }

    @Test
    void theWireKnowsNoProtocolAndNoBroker() {
        holds(noClasses()
                .that()
                .resideInAPackage("io.ferrymq.wire..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.ferrymq.broker..", "io.ferrymq.log..", "io.ferrymq.amqp091..", "io.ferrymq.server..")
                .because("a protocol reaches the wire through ProtocolBinding"));
    }

    @Test
    void aProtocolDoesNotSeeTheLogOrTheServer() {
        holds(noClasses()
                .that()
                .resideInAPackage("io.ferrymq.amqp091..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.ferrymq.log..", "io.ferrymq.server..")
                .because("a protocol sees the broker's port and the wire"));
    }

    @Test
    void aProtocolSeesThePortAndNotWhatIsBehindIt() {
        holds(noClasses()
                .that()
                .resideInAPackage("io.ferrymq.amqp091..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.ferrymq.broker.shard..", "io.ferrymq.broker.queue..", "io.ferrymq.broker.delivery..")
                .because("Link is what a session talks to"));
    }

    @Test
    void aCodecIsPureProtocol() {
        holds(noClasses()
                .that()
                .resideInAPackage("io.ferrymq.amqp091.codec..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.ferrymq.broker..", "io.ferrymq.wire..", "io.netty.channel..")
                .because("frames and methods compile without a connection or a broker in sight"));
    }

    @Test
    void theClientKnowsNoPartOfTheBroker() {
        holds(noClasses()
                .that()
                .resideInAPackage("io.ferrymq.client..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.ferrymq.broker..",
                        "io.ferrymq.log..",
                        "io.ferrymq.wire..",
                        "io.ferrymq.amqp091..",
                        "io.ferrymq.server..",
                        "io.ferrymq.embedded..")
                .because("it runs on Java 17 and without a broker; whoever brings one is a TransportProvider"));
    }

    @Test
    void tasksKnowTransportsAndNothingElse() {
        holds(noClasses()
                .that()
                .resideInAPackage("io.ferrymq.tasks..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.ferrymq.client",
                        "io.ferrymq.client.amqp",
                        "io.ferrymq.broker..",
                        "io.ferrymq.log..",
                        "io.ferrymq.server..",
                        "io.ferrymq.embedded..",
                        "com.rabbitmq..")
                .because("they run on Java 17 and on any transport"));
    }

    @Test
    void tasksDoNotKnowTheirTestKit() {
        holds(noClasses()
                .that()
                .resideInAnyPackage("io.ferrymq.tasks", "io.ferrymq.tasks.message", "io.ferrymq.tasks.worker")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.ferrymq.tasks.testkit")
                .because("it is for the tests of applications"));
    }

    @Test
    void taskMessagesCompileWithoutATransport() {
        holds(noClasses()
                .that()
                .resideInAPackage("io.ferrymq.tasks.message")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.ferrymq.client..", "io.ferrymq.tasks", "io.ferrymq.tasks.worker")
                .because("they are what Celery's programs say, however it travels"));
    }

    @Test
    void aTransportDoesNotSeeWhatIsBuiltOnIt() {
        holds(noClasses()
                .that()
                .resideInAPackage("io.ferrymq.client.transport")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.ferrymq.client", "io.ferrymq.client.amqp", "com.rabbitmq..", "tools.jackson..")
                .because("the lower level is used without the upper one, too"));
    }

    @Test
    void theEmbeddedBrokerSpeaksNoProtocol() {
        holds(noClasses()
                .that()
                .resideInAPackage("io.ferrymq.embedded..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.ferrymq.wire..", "io.ferrymq.amqp091..", "io.ferrymq.server..", "io.netty.channel..")
                .because("it has no socket"));
    }

    @Test
    void timeAndChanceArePassedIn() {
        holds(noClasses()
                .that()
                .resideInAnyPackage("io.ferrymq.broker..", "io.ferrymq.log..")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callConstructor(Random.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .because("the simulation turns the crank: take a clock and a source of tokens from the environment"));
    }

    @Test
    void nobodyUsesUnsafe() {
        holds(noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("sun.misc.Unsafe")
                .because("VarHandle, ByteBuffer and ByteBuf do the same and stay"));
    }

    @Test
    void namesSayWhatAThingIs() {
        holds(noClasses()
                .should()
                .haveNameMatching(".*\\.(Abstract[A-Z]\\w*|\\w+(Impl|Util|Utils|Helper|Manager))")
                .because("a name is the domain's noun, not a pattern's"));
    }
}
