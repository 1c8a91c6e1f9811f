package example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/** The application as it is, called from outside. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
final class ReportsTest {
    private final Caller caller;

    ReportsTest(@Value("${local.server.port}") int port) {
        caller = new Caller(port);
    }

    @Test
    void aReportIsWrittenByTheWorker() throws IOException, InterruptedException {
        HttpResponse<String> response = caller.post("/reports?title=Ferries&pages=3&waitSeconds=60");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"title\":\"Ferries\",\"pages\":3}");
    }
}
