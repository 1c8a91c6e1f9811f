package io.ferrymq.broker.shard;

import io.ferrymq.broker.shard.Budget.Level;
import io.ferrymq.log.CommandLog;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the levels of the {@link Budget} say, one after the other, with a line at the beginning and one at the end of
 * each. Lane only.
 *
 * <p>Settlements, cancels, purges, deletions and fetches always go on, and so do the deliveries that make a backlog
 * shorter: a link is paused only while deliveries that are not settled are a large part of what fills the heap, and many of
 * them are its own. So it is in its own hands to go on. What fills memory outside the heap is no concern of those who
 * consume.
 */
final class Escalation {
    /** What the caches keep while memory is short. */
    private static final int CACHE_PERCENT = 20;

    private static final int CACHE_PERCENT_PLENTY = 100;

    /** A link with less unsettled than this, some hundred deliveries, is never paused. */
    private static final long PAUSED_BYTES_MIN = 4 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(Escalation.class);

    private final Budget budget;
    private final CommandLog log;
    private final Collection<ShardLink> links;
    private final Set<ShardLink> paused = new LinkedHashSet<>();

    /** @param links those that are open; a view */
    Escalation(Budget budget, CommandLog log, Collection<ShardLink> links) {
        this.budget = budget;
        this.log = log;
        this.links = links;
    }

    void look() {
        Level before = budget.level();
        Level outsideBefore = budget.outsideLevel();
        Level worstBefore = budget.worstLevel();
        budget.look();
        say(before, budget.level(), "", budget.heapBytes());
        say(outsideBefore, budget.outsideLevel(), " outside the heap", budget.outsideBytes());
        boolean shrinks = budget.worstLevel().isAtLeast(Level.SHRINKING);
        if (shrinks != worstBefore.isAtLeast(Level.SHRINKING)) {
            log.cachePercent(shrinks ? CACHE_PERCENT : CACHE_PERCENT_PLENTY);
        }
        pause();
    }

    private static void say(Level before, Level now, String where, long bytes) {
        for (Level level : Level.values()) {
            if (level == Level.PLENTY || before.isAtLeast(level) == now.isAtLeast(level)) {
                continue;
            }
            boolean heap = where.isEmpty();
            if (now.isAtLeast(level)) {
                LOG.warn(
                        "memory{} is short, {} bytes are taken: {}",
                        where,
                        bytes,
                        heap ? begins(level) : outside(level));
            } else {
                LOG.info(
                        "memory{} is less short, {} bytes are taken: no longer: {}",
                        where,
                        bytes,
                        heap ? begins(level) : outside(level));
            }
        }
    }

    private static String begins(Level level) {
        return switch (level) {
            case PLENTY -> "nothing";
            case SHRINKING -> "caches shrink";
            case PAUSING -> "connections with very much unsettled get no deliveries until they settle";
            case BLOCKING -> "publishers have to wait if messages are a part of it";
            case REFUSING -> "new connections, channels, consumers and declarations are refused beyond a reserve";
        };
    }

    private static String outside(Level level) {
        return switch (level) {
            case PLENTY -> "nothing";
            case SHRINKING -> "caches shrink";
            case PAUSING, REFUSING -> "connections that hold much and make no progress are ended";
            case BLOCKING -> "publishers have to wait if the log is a part of it";
        };
    }

    /** The shorter memory is, the less of it is a large part. */
    private boolean unsettledIsLarge() {
        return switch (budget.level()) {
            case PLENTY, SHRINKING -> false;
            case PAUSING -> budget.isShareOfHeap(budget.unsettledBytes(), 20);
            case BLOCKING -> budget.isShareOfHeap(budget.unsettledBytes(), 10);
            case REFUSING -> budget.isShareOfHeap(budget.unsettledBytes(), 5);
        };
    }

    /** A link is closed. */
    void closed(ShardLink link) {
        paused.remove(link);
    }

    /** Pauses those who are to be, and lets all others go on. */
    private void pause() {
        Set<ShardLink> now = unsettledIsLarge() ? greediest() : Set.of();
        for (ShardLink link : List.copyOf(paused)) {
            if (!now.contains(link)) {
                paused.remove(link);
                link.goOn();
            }
        }
        for (ShardLink link : now) {
            if (paused.add(link)) {
                link.pause();
            }
        }
    }

    /** The links with the most unsettled, which have half of all that is unsettled. */
    private Set<ShardLink> greediest() {
        List<ShardLink> sorted = links.stream()
                .filter(link -> link.unsettledBytes() >= PAUSED_BYTES_MIN)
                .sorted(Comparator.comparingLong(ShardLink::unsettledBytes).reversed())
                .toList();
        Set<ShardLink> greediest = new LinkedHashSet<>();
        long held = 0;
        for (ShardLink link : sorted) {
            if (2 * held >= budget.unsettledBytes()) {
                break;
            }
            held += link.unsettledBytes();
            greediest.add(link);
        }
        return greediest;
    }
}
