package io.ferrymq.log;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Files open for reading, the least recently used closed past a limit: a backlog may span thousands. Lane-owned. */
final class OpenFiles {
    private static final int FILES_MAX = 64;

    private final Storage storage;
    private final Map<String, Storage.File> files = new LinkedHashMap<>(16, 0.75f, true);

    OpenFiles(Storage storage) {
        this.storage = storage;
    }

    Storage.File get(String name) throws IOException {
        Storage.File file = files.get(name);
        if (file == null) {
            if (files.size() >= FILES_MAX) {
                closeEldest();
            }
            file = storage.openExisting(name);
            files.put(name, file);
        }
        return file;
    }

    private void closeEldest() throws IOException {
        Iterator<Storage.File> eldest = files.values().iterator();
        eldest.next().close();
        eldest.remove();
    }

    /** Closes a file that is about to be deleted or to become another one. */
    void forget(String name) throws IOException {
        Storage.File file = files.remove(name);
        if (file != null) {
            file.close();
        }
    }

    void close() throws IOException {
        for (Storage.File file : files.values()) {
            file.close();
        }
        files.clear();
    }
}
