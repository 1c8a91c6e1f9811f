package io.ferrymq.tasks.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.Fields;
import io.ferrymq.tasks.message.KombuJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.function.Function;

/** Messages in a queue of schedules and the texts of schedules, with octets that a fuzzer chooses: read or refused. */
class ScheduleOctetsFuzz {
    private static final Instant NOW = Instant.parse("2026-03-29T00:30:00Z");

    @FuzzTest
    void entriesAreReadOrRefused(byte[] json) {
        readOrRefuse(json, fields -> {
            Entry entry = ScheduleMessages.entry(fields);
            assertThat(entry.next()).isNotNull();
            return ScheduleMessages.toMap(entry);
        });
    }

    @FuzzTest
    void changesAreReadOrRefused(byte[] json) {
        readOrRefuse(json, fields -> {
            Change change = ScheduleMessages.change(fields);
            if (change instanceof Change.Put put) {
                assertThat(Entry.put(put, NOW, null).next()).isNotNull();
            }
            return ScheduleMessages.toMap(change);
        });
    }

    @FuzzTest
    void cronLinesComeOrAreRefused(byte[] octets) {
        try {
            Schedule cron = Schedule.cron(new String(octets, StandardCharsets.UTF_8), ZoneId.of("Europe/Paris"));
            Instant next = cron.next(NOW).orElseThrow();
            assertThat(next).isAfter(NOW);
            assertThat(cron.last(next)).contains(next);
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
        }
    }

    private static void readOrRefuse(byte[] json, Function<Fields, ?> reading) {
        try {
            assertThat(reading.apply(Fields.of(KombuJson.read(json), "a message")))
                    .isNotNull();
        } catch (BadMessageException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
        }
    }
}
