package io.ferrymq.amqp091.codec;

/**
 * The peer sent octets that are not AMQP 0-9-1: its fault, and the end of its connection. Carries what {@code
 * connection.close} has to say. It has no stack trace, since it describes the peer and not us, and since a peer must
 * not be able to make it expensive.
 */
public final class MalformedFrameException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ReplyCode replyCode;
    private final int classId;
    private final int methodId;
    private final String explanation;

    private MalformedFrameException(ReplyCode replyCode, int classId, int methodId, String explanation) {
        super(replyCode.text(explanation), null, false, false);
        this.replyCode = replyCode;
        this.classId = classId;
        this.methodId = methodId;
        this.explanation = explanation;
    }

    /** 501: a frame or its parts do not fit into each other. */
    static MalformedFrameException frameError(String explanation) {
        return new MalformedFrameException(ReplyCode.FRAME_ERROR, 0, 0, explanation);
    }

    /** 505: a frame of a content that its method does not have. */
    static MalformedFrameException unexpectedFrame(int methodIdentity, String explanation) {
        return new MalformedFrameException(
                ReplyCode.UNEXPECTED_FRAME, methodIdentity >>> 16, methodIdentity & 0xFFFF, explanation);
    }

    /** 502: a field has a value that it may not have. */
    static MalformedFrameException syntaxError(String explanation) {
        return new MalformedFrameException(ReplyCode.SYNTAX_ERROR, 0, 0, explanation);
    }

    /** 503: a known class has no such method. */
    static MalformedFrameException unknownMethod(int methodIdentity) {
        return new MalformedFrameException(
                ReplyCode.COMMAND_INVALID,
                methodIdentity >>> 16,
                methodIdentity & 0xFFFF,
                "unknown method " + (methodIdentity & 0xFFFF) + " of class " + (methodIdentity >>> 16));
    }

    /** 540: there is no such class. */
    static MalformedFrameException unknownClass(int methodIdentity) {
        return new MalformedFrameException(
                ReplyCode.NOT_IMPLEMENTED,
                methodIdentity >>> 16,
                methodIdentity & 0xFFFF,
                "unknown class " + (methodIdentity >>> 16));
    }

    /** The same fault, blamed on a method. */
    MalformedFrameException in(int methodIdentity) {
        return new MalformedFrameException(replyCode, methodIdentity >>> 16, methodIdentity & 0xFFFF, explanation);
    }

    /** 501, 502, 503, 505 or 540; all of them end the connection. */
    public ReplyCode replyCode() {
        return replyCode;
    }

    /** Class of the method at fault, or 0 if it was not inside one. */
    public int classId() {
        return classId;
    }

    /** The method at fault, or 0 if it was not inside one. */
    public int methodId() {
        return methodId;
    }

    /** The reply text for the wire: name and explanation, at most 255 octets. */
    public String replyText() {
        return replyCode.text(explanation);
    }
}
