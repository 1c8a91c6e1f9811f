package io.ferrymq.broker.shard;

import io.ferrymq.broker.shard.Budget.Level;
import io.ferrymq.log.CommandLog;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the levels of the {@link Budget} say, one after the other, with a line at the beginning and one at the end of
 * each: caches shrink, then the greediest links get no deliveries, then publishers are blocked ({@link Alarms}), then what
 * is new is refused. Settlements, cancels, deletions and whoever is not greedy always go on. Lane only.
 */
final class Escalation {
    /** What the caches keep while memory is short. */
    private static final int CACHE_PERCENT = 20;

    private static final int CACHE_PERCENT_PLENTY = 100;

    private static final Logger LOG = LoggerFactory.getLogger(Escalation.class);

    private final Budget budget;
    private final CommandLog log;
    private final Collection<ShardLink> links;

    /** @param links those that are open; a view */
    Escalation(Budget budget, CommandLog log, Collection<ShardLink> links) {
        this.budget = budget;
        this.log = log;
        this.links = links;
    }

    void look() {
        Level before = budget.level();
        Level now = budget.look();
        say(before, now);
        if (now.isAtLeast(Level.SHRINKING) != before.isAtLeast(Level.SHRINKING)) {
            log.cachePercent(now.isAtLeast(Level.SHRINKING) ? CACHE_PERCENT : CACHE_PERCENT_PLENTY);
        }
        if (now.isAtLeast(Level.PAUSING)) {
            pauseGreediest();
        } else if (before.isAtLeast(Level.PAUSING)) {
            List.copyOf(links).forEach(ShardLink::goOn);
        }
    }

    private void say(Level before, Level now) {
        for (Level level : Level.values()) {
            if (level == Level.PLENTY || before.isAtLeast(level) == now.isAtLeast(level)) {
                continue;
            }
            if (now.isAtLeast(level)) {
                LOG.warn("memory is short, {} bytes of heap are taken: {}", budget.heapBytes(), begins(level));
            } else {
                LOG.info("memory is less short, {} bytes of heap are taken: {}", budget.heapBytes(), ends(level));
            }
        }
    }

    private static String begins(Level level) {
        return switch (level) {
            case PLENTY -> "nothing";
            case SHRINKING -> "caches shrink";
            case PAUSING -> "connections that hold most get no deliveries until they settle";
            case BLOCKING -> "publishers have to wait if messages are a part of it";
            case REFUSING -> "new connections, channels, consumers and declarations are refused";
        };
    }

    private static String ends(Level level) {
        return switch (level) {
            case PLENTY -> "nothing";
            case SHRINKING -> "caches may grow again";
            case PAUSING -> "all connections get deliveries again";
            case BLOCKING -> "publishers need not wait for it";
            case REFUSING -> "new connections, channels, consumers and declarations are accepted again";
        };
    }

    /** Pauses links, those that hold most first, until half of what all hold is held by paused ones. */
    private void pauseGreediest() {
        List<ShardLink> greediest = links.stream()
                .sorted(Comparator.comparingLong(ShardLink::heldBytes).reversed())
                .toList();
        long paused = 0;
        for (ShardLink link : greediest) {
            if (2 * paused >= budget.sessionBytes()) {
                return;
            }
            paused += link.heldBytes();
            link.pause();
        }
    }
}
