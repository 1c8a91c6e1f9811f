package io.ferrymq.broker.celery;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Revoked tasks against the naive reading of their rules, at run time, from the log and from checkpoints. */
class RevocationsProperties {
    private static final int IDS = 40;
    private static final List<String> VHOSTS = List.of("/", "other");

    private final Map<String, LinkedHashMap<String, Long>> model = new LinkedHashMap<>();
    private final List<ByteBuf> log = new ArrayList<>();
    private Revocations revocations = new Revocations();
    private long nowMillis;

    @Property(tries = 300)
    void whatIsRevokedIsTheSameAtRunTimeFromTheLogAndFromACheckpoint(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 200) int steps) {
        Random random = new Random(seed);
        model.clear();
        log.clear();
        revocations = new Revocations();
        nowMillis = 1_000;
        for (int i = 0; i < steps; i++) {
            switch (random.nextInt(10)) {
                case 0 -> fromCheckpoint();
                case 1 -> nowMillis += random.nextInt(500);
                case 2 -> revocations.over(nowMillis).forEach(vhost -> write(vhost, nowMillis, 1_000, List.of()));
                default -> {
                    List<String> ids = new ArrayList<>();
                    for (int n = random.nextInt(4); n > 0; n--) {
                        ids.add("id" + random.nextInt(IDS));
                    }
                    write(
                            VHOSTS.get(random.nextInt(2)),
                            nowMillis + random.nextInt(800),
                            random.nextInt(4) == 0 ? random.nextInt(10) : 1_000,
                            ids);
                }
            }
            requireSame();
        }
        Revocations replayed = new Revocations();
        log.forEach(record -> replayed.apply(record.duplicate()));
        revocations = replayed;
        requireSame();
    }

    private void write(String vhost, long untilMillis, int idsMax, List<String> ids) {
        ByteBuf record = Unpooled.buffer();
        Revocations.encodeRecord(record, vhost, nowMillis, untilMillis, idsMax, ids);
        log.add(record.duplicate());
        revocations.apply(record);
        assertThat(record.isReadable()).isFalse();
        LinkedHashMap<String, Long> expected = model.computeIfAbsent(vhost, _ -> new LinkedHashMap<>());
        for (String id : ids) {
            expected.remove(id);
            expected.put(id, untilMillis);
        }
        while (!expected.isEmpty()
                && (expected.size() > idsMax || expected.firstEntry().getValue() <= nowMillis)) {
            expected.pollFirstEntry();
        }
    }

    private void requireSame() {
        for (String vhost : VHOSTS) {
            Map<String, Long> expected = model.getOrDefault(vhost, new LinkedHashMap<>());
            assertThat(revocations.isEmpty(vhost)).isEqualTo(expected.isEmpty());
            assertThat(revocations.count(vhost)).isEqualTo(expected.size());
            for (int i = 0; i < IDS; i++) {
                assertThat(revocations.contains(vhost, "id" + i, nowMillis))
                        .isEqualTo(expected.getOrDefault("id" + i, 0L) > nowMillis);
            }
        }
        assertThat(revocations.memoryBytes() == 0)
                .isEqualTo(model.values().stream().allMatch(Map::isEmpty));
    }

    private void fromCheckpoint() {
        ByteBuf checkpoint = Unpooled.buffer();
        revocations.encode(checkpoint);
        long bytes = revocations.memoryBytes();
        revocations = new Revocations();
        revocations.decode(checkpoint);
        assertThat(checkpoint.isReadable()).isFalse();
        assertThat(revocations.memoryBytes()).isEqualTo(bytes);
    }
}
