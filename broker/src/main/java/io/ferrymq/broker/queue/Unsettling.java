package io.ferrymq.broker.queue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A walk over all entries of some chains that are not settled. Nothing may be settled or appended meanwhile. */
final class Unsettling {
    private final List<Chain> chains;
    private final Entry entry = new Entry();
    private int chain = -1;
    private IndexPage.@Nullable Reader reader;

    Unsettling(List<Chain> chains) {
        this.chains = chains;
    }

    /** The entry that {@link #next} went to. */
    Entry entry() {
        return entry;
    }

    /** Goes to the next entry; false if there is none. */
    boolean next() {
        while (true) {
            IndexPage.Reader at = reader;
            if (at == null || (at.atEnd() && !goOn(at))) {
                if (++chain >= chains.size()) {
                    chain = chains.size();
                    return false;
                }
                reader = new IndexPage.Reader(chains.get(chain).first());
                charge();
                continue;
            }
            at.next(entry);
            if (!at.page().isSettled(entry.ordinal)) {
                return true;
            }
        }
    }

    private boolean goOn(IndexPage.Reader at) {
        boolean more = Chain.advance(at);
        if (more) {
            charge();
        }
        return more;
    }

    private void charge() {
        IndexPage.Reader at = reader;
        if (at != null) {
            chains.get(chain).charge(at.page().count);
        }
    }
}
