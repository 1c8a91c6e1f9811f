package io.ferrymq.broker.shard;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.Chore;
import io.ferrymq.broker.LinkListener;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.log.CommandLog;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All open links, and what concerns them together: alarms, back-pressure, the stop. Lane only. */
final class Links {
    /** Publishers go on when the pending bytes have fallen to this part of their limit. */
    private static final int RELIEF_DIVISOR = 2;

    private static final long RELIEF_MILLIS = 5;

    /** What it takes to tell a session to end. */
    private static final int CLOSING_UNITS = 200;

    private static final Logger LOG = LoggerFactory.getLogger(Links.class);

    private final Set<ShardLink> open = new LinkedHashSet<>();
    private final Set<ShardLink> congested = new LinkedHashSet<>();
    /** Those that wait to settle what may become dead letters. */
    private final Set<ShardLink> lagging = new LinkedHashSet<>();

    private final ReplyAddresses replyAddresses;
    private final Lane lane;
    private final CommandLog log;
    private final long pendingBytesMax;
    private final Alarms alarms;
    private final Budget budget;
    private final Turn turn;
    private final Escalation escalation;
    private boolean reliefWatched;
    private boolean stopped;

    Links(
            Lane lane,
            CommandLog log,
            BrokerOptions options,
            Alarms alarms,
            ReplyAddresses replyAddresses,
            Budget budget,
            Turn turn) {
        this.lane = lane;
        this.log = log;
        this.pendingBytesMax = options.pendingBytesMax();
        this.alarms = alarms;
        this.replyAddresses = replyAddresses;
        this.budget = budget;
        this.turn = turn;
        this.escalation = new Escalation(budget, log, Collections.unmodifiableCollection(open));
        budget.onLargeStep(() -> lane.execute(this::look));
    }

    ReplyAddresses replyAddresses() {
        return replyAddresses;
    }

    void opened(ShardLink link) {
        open.add(link);
    }

    void closed(ShardLink link) {
        open.remove(link);
        congested.remove(link);
        lagging.remove(link);
        escalation.closed(link);
    }

    int count() {
        return open.size();
    }

    /** Whether more waits to be written than should; a link that is told so hears when it is over. */
    boolean congested(ShardLink link) {
        if (log.pendingBytes() <= pendingBytesMax) {
            return false;
        }
        congested.add(link);
        watchRelief();
        return true;
    }

    /** Whether so much is to be written that nothing may be written anew; a link that is told so hears when it is over. */
    boolean lagging(ShardLink link) {
        if (!turn.lagsFar()) {
            return false;
        }
        lagging.add(link);
        watchRelief();
        return true;
    }

    /** Flushes relieve publishers as they end; transient messages on their way to a scratch file end without one. */
    private void watchRelief() {
        if (!reliefWatched) {
            reliefWatched = true;
            lane.schedule(RELIEF_MILLIS, () -> {
                reliefWatched = false;
                if (stopped) {
                    return;
                }
                written();
                if (!congested.isEmpty() || !lagging.isEmpty()) {
                    watchRelief();
                }
            });
        }
    }

    /** The log has written something: relieves publishers if it has caught up. */
    void written() {
        if (!congested.isEmpty() && log.pendingBytes() <= pendingBytesMax / RELIEF_DIVISOR) {
            relieve(congested);
        }
        if (!lagging.isEmpty() && turn.hasCaughtUp()) {
            relieve(lagging);
        }
    }

    private static void relieve(Set<ShardLink> waiting) {
        List<ShardLink> relieved = List.copyOf(waiting);
        waiting.clear();
        relieved.forEach(link -> link.tell(LinkListener::relieved));
    }

    @Nullable String blockedReason() {
        return alarms.reason();
    }

    /** Whether messages fill the memory so far that no more are taken, of nobody. */
    boolean areMessagesFull() {
        return budget.isFullOfMessages();
    }

    /** Refuses a new link if memory is short and the reserve is used up. */
    void requireRoom() {
        budget.requireRoomForLittleSession(ShardLink.LINK_BYTES);
    }

    /** The log is about to close. */
    void stop() {
        stopped = true;
    }

    /** Looks at memory and disk, does what is to be done, and tells the log, and every link if something has changed. */
    void look() {
        if (stopped) {
            return;
        }
        escalation.look();
        lookAtAlarms();
    }

    private void lookAtAlarms() {
        boolean changed = alarms.look();
        log.diskIsLow(alarms.diskIsLow());
        if (!changed) {
            return;
        }
        String reason = alarms.reason();
        if (reason == null) {
            LOG.info("memory and disk are back to normal: publishers go on");
        } else {
            LOG.warn("{}: publishers are blocked", reason);
        }
        if (reason == null) {
            turn.start(unblocking());
        } else {
            List.copyOf(open).forEach(link -> link.tell(listener -> listener.blocked(reason)));
        }
    }

    /**
     * Tells everybody that publishers go on, some in each turn, since those whose publishers waited tell their clients. If
     * there is an alarm again before that is over, the others go on waiting, as publishers do from then on anyway.
     */
    private Chore unblocking() {
        Iterator<ShardLink> left = List.copyOf(open).iterator();
        return budget -> {
            while (left.hasNext() && alarms.reason() == null) {
                if (budget.isSpent()) {
                    return false;
                }
                ShardLink link = left.next();
                if (open.contains(link)) {
                    link.tell(LinkListener::unblocked);
                    budget.spend(TurnBudget.SOCKET_WRITE);
                }
            }
            return true;
        };
    }

    /** Ends the links to a virtual host that is gone, a few at a time. */
    Chore closeGone(String reason) {
        Iterator<ShardLink> left = List.copyOf(open).iterator();
        return budget -> {
            while (left.hasNext()) {
                if (budget.isSpent()) {
                    return false;
                }
                ShardLink link = left.next();
                if (link.isInVhostGone() && open.contains(link)) {
                    link.tell(listener -> listener.closing(reason));
                    budget.spend(CLOSING_UNITS);
                }
                budget.spend(1);
            }
            return true;
        };
    }

    void closeAll(String reason) {
        List.copyOf(open).forEach(link -> link.tell(listener -> listener.closing(reason)));
    }
}
