package io.ferrymq.amqp091.codec;

/** The reply codes of clause 1.2 with what they end: a soft error its channel, a hard one the whole connection. */
public enum ReplyCode {
    REPLY_SUCCESS(200, Closes.NOTHING),
    CONTENT_TOO_LARGE(311, Closes.CHANNEL),
    /** Carried by {@code basic.return} of a mandatory message that no queue takes; then it closes nothing. */
    NO_ROUTE(312, Closes.CHANNEL),
    /** Carried by {@code basic.return} of an immediate message, which RabbitMQ does not offer. */
    NO_CONSUMERS(313, Closes.CHANNEL),
    CONNECTION_FORCED(320, Closes.CONNECTION),
    INVALID_PATH(402, Closes.CONNECTION),
    ACCESS_REFUSED(403, Closes.CHANNEL),
    NOT_FOUND(404, Closes.CHANNEL),
    RESOURCE_LOCKED(405, Closes.CHANNEL),
    PRECONDITION_FAILED(406, Closes.CHANNEL),
    FRAME_ERROR(501, Closes.CONNECTION),
    SYNTAX_ERROR(502, Closes.CONNECTION),
    COMMAND_INVALID(503, Closes.CONNECTION),
    CHANNEL_ERROR(504, Closes.CONNECTION),
    UNEXPECTED_FRAME(505, Closes.CONNECTION),
    RESOURCE_ERROR(506, Closes.CONNECTION),
    NOT_ALLOWED(530, Closes.CONNECTION),
    NOT_IMPLEMENTED(540, Closes.CONNECTION),
    INTERNAL_ERROR(541, Closes.CONNECTION);

    /** What a code ends. */
    public enum Closes {
        NOTHING,
        /** A soft error. */
        CHANNEL,
        /** A hard error. */
        CONNECTION
    }

    private static final int TEXT_BYTES_MAX = ArgumentWriter.SHORT_STRING_BYTES_MAX;

    private final int code;
    private final Closes closes;

    ReplyCode(int code, Closes closes) {
        this.code = code;
        this.closes = closes;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    /** What this error ends when it is not carried by {@code basic.return}. */
    public Closes closes() {
        return closes;
    }

    /** {@code NAME - explanation}, cut to 255 octets of UTF-8 at the border of a character. */
    public String text(String explanation) {
        return cut(name() + " - " + explanation);
    }

    private static String cut(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            bytes += utf8Length(point);
            if (bytes > TEXT_BYTES_MAX) {
                return text.substring(0, i);
            }
            i += Character.charCount(point);
        }
        return text;
    }

    /** A lone surrogate is written as one {@code ?}; counting it as three only cuts a little early. */
    private static int utf8Length(int point) {
        return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4;
    }
}
