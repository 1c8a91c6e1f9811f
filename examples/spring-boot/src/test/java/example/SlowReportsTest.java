package example;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.testkit.RanCall;
import io.ferrymq.tasks.testkit.TaskTestKit;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.bean.override.convention.TestBean;

/** The application with a worker that the test turns, so that a report takes as long as the test likes. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
final class SlowReportsTest {
    private static final TaskTestKit KIT = TaskTestKit.create();

    @TestBean
    private @Nullable Tasks tasks;

    private final Caller caller;

    SlowReportsTest(@Value("${local.server.port}") int port) {
        caller = new Caller(port);
    }

    static Tasks tasks() {
        return KIT.tasks();
    }

    @AfterAll
    static void close() {
        KIT.close();
    }

    @Test
    void whoDoesNotGetTheReportInTimeGetsTheIdOfTheCall() throws IOException, InterruptedException {
        HttpResponse<String> response = caller.post("/reports?title=Ferries");
        assertThat(response.statusCode()).isEqualTo(202);
        KIT.worker().runAll();
        RanCall ran = KIT.worker().ran().get(0);
        assertThat(response.body()).isEqualTo("{\"id\":\"" + ran.call().id() + "\"}");
        assertThat(ran.result()).isEqualTo(new Reports.Report("Ferries", 1));
        assertThat(tasks).isSameAs(KIT.tasks());
    }
}
