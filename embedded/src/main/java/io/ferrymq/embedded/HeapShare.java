package io.ferrymq.embedded;

/** What of the application's heap a broker inside it may fill with all that it holds beside messages. */
final class HeapShare {
    private static final int DIVISOR = 2;

    private HeapShare() {}

    /** Half of the heap that the virtual machine may have. */
    static long bytes() {
        return Runtime.getRuntime().maxMemory() / DIVISOR;
    }
}
