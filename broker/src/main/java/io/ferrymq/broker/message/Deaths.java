package io.ferrymq.broker.message;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a message's history grows when it dies once more. */
public final class Deaths {
    /** A history does not grow beyond this: some ten thousand deaths in queues with short names. */
    static final int HISTORY_BYTES_MAX = 1 << 20;

    private static final int DEATH_BYTES = 16;

    private Deaths() {}

    /**
     * The history after one more death. A death in the same queue for the same reason as before is counted and moves to
     * the front; only the first one's time, exchange and keys are kept.
     *
     * @param earlier null if nothing happened to the message before
     * @param extraKeysRemoved whether its own CC keys count no longer
     */
    public static History after(@Nullable History earlier, Death death, boolean extraKeysRemoved) {
        if (earlier == null) {
            return new History(List.of(death), death, true, extraKeysRemoved);
        }
        List<Death> deaths = new ArrayList<>();
        Death newest = death;
        for (Death old : earlier.deaths()) {
            if (old.queue().equals(death.queue()) && old.reason() == death.reason()) {
                newest = counted(old);
            } else {
                deaths.add(old);
            }
        }
        deaths.addFirst(newest);
        return new History(List.copyOf(deaths), earlier.first(), true, earlier.extraKeysRemoved() || extraKeysRemoved);
    }

    /**
     * Whether a message has died so often that its history, which every copy carries, has become too large to grow: as if
     * it went round for ever.
     */
    public static boolean isTooLong(History history) {
        return bytes(history) > HISTORY_BYTES_MAX;
    }

    /** About how long a history is. */
    public static long bytes(History history) {
        long bytes = 0;
        for (Death death : history.deaths()) {
            bytes += DEATH_BYTES + death.queue().length() + death.exchange().length();
            for (String key : death.routingKeys()) {
                bytes += key.length();
            }
        }
        return bytes;
    }

    private static Death counted(Death old) {
        return new Death(
                old.queue(),
                old.reason(),
                old.count() + 1,
                old.timeMillis(),
                old.exchange(),
                old.routingKeys(),
                old.originalExpiration());
    }

    /**
     * The queues in which a message that came again would go round for ever: it has died there before, and since then no
     * consumer has rejected it.
     */
    public static Set<String> endless(History history) {
        Set<String> queues = new HashSet<>();
        for (Death death : history.deaths()) {
            if (death.reason() == Death.Reason.REJECTED) {
                break;
            }
            queues.add(death.queue());
        }
        return queues;
    }
}
