package io.ferrymq.client.transport;

import java.net.URI;
import java.util.Set;

/** Brings a transport; found by {@link java.util.ServiceLoader}. */
public interface TransportProvider {
    /** The URI schemes that it answers to, in lower case. */
    Set<String> schemes();

    /**
     * Opens a transport; may block.
     *
     * @throws DisconnectedException if the broker cannot be reached or opened
     */
    Transport open(URI uri);
}
