package io.ferrymq.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class HeadersExchangeProperties {
    @Property(tries = 500)
    void findsWhatAskingEachBindingAloneFinds(
            @ForAll("conditions") List<Map<String, @Nullable Object>> staying,
            @ForAll("conditions") List<Map<String, @Nullable Object>> passing,
            @ForAll("messages") List<Map<String, @Nullable Object>> messages) {
        Plan plan = new Plan();
        Exchange exchange = plan.exchange(ExchangeType.HEADERS, "h");
        List<Route> routes = new ArrayList<>();
        passing.forEach(arguments -> routes.add(plan.bind(exchange, "gone", "", arguments)));
        for (int i = 0; i < staying.size(); i++) {
            plan.bind(exchange, "q" + i, "", staying.get(i));
        }
        passing.forEach(arguments -> routes.add(plan.bind(exchange, "gone", "", arguments)));

        routes.forEach(route -> plan.table.unbind(exchange, route));

        for (Map<String, @Nullable Object> headers : messages) {
            assertThat(plan.route(exchange, Letter.with(headers))).isEqualTo(matching(staying, headers));
        }
    }

    @Property(tries = 200)
    void leavesNothingBehind(@ForAll("conditions") List<Map<String, @Nullable Object>> conditions) {
        Plan plan = new Plan();
        HeadersExchange exchange = (HeadersExchange) plan.exchange(ExchangeType.HEADERS, "h");
        List<Route> routes = new ArrayList<>();
        conditions.forEach(arguments -> routes.add(plan.bind(exchange, "q", "", arguments)));

        routes.forEach(route -> plan.table.unbind(exchange, route));

        assertThat(exchange.isUnused()).isTrue();
    }

    @Provide
    Arbitrary<List<Map<String, @Nullable Object>>> conditions() {
        Arbitrary<String> matches = Arbitraries.of("all", "any", "all-with-x", "any-with-x");
        Arbitrary<Map<String, @Nullable Object>> conditions = Combinators.combine(matches, tables())
                .as((match, table) -> {
                    table.put("x-match", match);
                    return table;
                });
        return conditions.list().ofMaxSize(12);
    }

    @Provide
    Arbitrary<List<Map<String, @Nullable Object>>> messages() {
        return tables().list().ofMaxSize(8);
    }

    private static Arbitrary<Map<String, @Nullable Object>> tables() {
        return Arbitraries.maps(Arbitraries.of("a", "b", "c", "x-d"), values()).ofMaxSize(4);
    }

    private static Arbitrary<@Nullable Object> values() {
        return Arbitraries.<Object>of(
                        1,
                        1L,
                        (byte) 1,
                        1.0,
                        1.0f,
                        1.5,
                        -0.0,
                        0.0,
                        0,
                        true,
                        "1",
                        "x",
                        "x".getBytes(StandardCharsets.UTF_8),
                        new byte[] {(byte) 0xff},
                        Instant.ofEpochSecond(1),
                        Long.MAX_VALUE,
                        (double) Long.MAX_VALUE)
                .injectNull(0.1);
    }

    private static List<String> matching(
            List<Map<String, @Nullable Object>> conditions, Map<String, @Nullable Object> headers) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < conditions.size(); i++) {
            if (NaiveHeaders.matches(conditions.get(i), headers)) {
                names.add("q" + i);
            }
        }
        return names.stream().sorted().toList();
    }
}
