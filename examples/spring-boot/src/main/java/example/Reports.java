package example;

import io.ferrymq.tasks.Argument;
import io.ferrymq.tasks.TaskMethod;
import java.io.IOException;
import org.springframework.stereotype.Component;

/** The work: a bean like any other, whose annotated methods are tasks. */
@Component
class Reports {
    record Report(String title, int pages) {}

    @TaskMethod(name = "reports.write", retryFor = IOException.class, retriesMax = 5)
    Report write(String title, @Argument(defaultsTo = "1") int pages) throws IOException {
        return new Report(title, pages);
    }
}
