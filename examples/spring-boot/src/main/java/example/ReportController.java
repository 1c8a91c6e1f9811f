package example;

import io.ferrymq.tasks.AsyncResult;
import io.ferrymq.tasks.Tasks;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Hands a report off, and answers with the report if it is ready soon, or else with the id of the call. */
@RestController
class ReportController {
    private final Tasks tasks;

    ReportController(Tasks tasks) {
        this.tasks = tasks;
    }

    @PostMapping("/reports")
    ResponseEntity<Object> write(
            @RequestParam String title,
            @RequestParam(defaultValue = "1") int pages,
            @RequestParam(defaultValue = "5") int waitSeconds)
            throws InterruptedException {
        AsyncResult<Reports.Report> report =
                tasks.task("reports.write", Reports.Report.class).delay(title, pages);
        try {
            return ResponseEntity.ok(report.get(Duration.ofSeconds(waitSeconds)));
        } catch (TimeoutException later) {
            return ResponseEntity.accepted().body(Map.of("id", report.id()));
        }
    }
}
