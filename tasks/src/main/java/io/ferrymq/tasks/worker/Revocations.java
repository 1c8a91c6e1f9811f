package io.ferrymq.tasks.worker;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Ids of calls that are not to run any more: the newest {@value #COUNT_MAX}, as Celery's workers keep them. Any thread.
 */
final class Revocations {
    private static final int COUNT_MAX = 50_000;

    private final Set<String> ids = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > COUNT_MAX;
        }
    }));

    void add(String id) {
        ids.add(id);
    }

    /** Takes over what another worker answered that it knows: {@code {revoked: {id: time}, clock}}. */
    void merge(@Nullable Object answer) {
        if (answer instanceof Map<?, ?> map && map.get("revoked") instanceof Map<?, ?> theirs) {
            theirs.keySet().forEach(id -> add(String.valueOf(id)));
        }
    }

    boolean contains(String id) {
        return ids.contains(id);
    }

    List<String> all() {
        synchronized (ids) {
            return List.copyOf(ids);
        }
    }
}
