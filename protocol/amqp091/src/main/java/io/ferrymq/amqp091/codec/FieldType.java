package io.ferrymq.amqp091.codec;

/**
 * The type octet of a value in a field table or array (clause 4.2.5.5), with the meaning that RabbitMQ and its clients
 * give to it. The specification's own grammar differs for {@code s}, {@code l} and {@code L}, and lacks {@code x}.
 *
 * <pre>
 *  octet  value                            read as                    written for
 *  t      uint8, 0 is false                Boolean                    Boolean
 *  b      int8                             Byte                       Byte
 *  B      uint8                            Short
 *  s      int16                            Short                      Short
 *  u      uint16                           Integer
 *  I      int32                            Integer                    Integer
 *  i      uint32                           Long
 *  l L    int64                            Long                       Long (as l)
 *  f d    IEEE 754, 32 and 64 bits         Float, Double              Float, Double
 *  D      uint8 scale, int32 unscaled      BigDecimal                 BigDecimal
 *  S      uint32 length, octets            String if valid UTF-8,     String, LongString
 *                                          else LongString
 *  x      uint32 length, octets            byte[]                     byte[]
 *  T      uint64 seconds since 1970        Instant, or Long if        Instant (cut to seconds)
 *                                          no Instant is that far
 *  A      uint32 length, values            List                       List
 *  F      uint32 length, names and values  Map, in order              Map
 *  V      nothing                          null                       null
 * </pre>
 */
final class FieldType {
    static final char BOOLEAN = 't';
    static final char INT8 = 'b';
    static final char UINT8 = 'B';
    static final char INT16 = 's';
    static final char UINT16 = 'u';
    static final char INT32 = 'I';
    static final char UINT32 = 'i';
    static final char INT64 = 'l';
    static final char INT64_TOO = 'L';
    static final char FLOAT = 'f';
    static final char DOUBLE = 'd';
    static final char DECIMAL = 'D';
    static final char STRING = 'S';
    static final char BYTES = 'x';
    static final char TIMESTAMP = 'T';
    static final char ARRAY = 'A';
    static final char TABLE = 'F';
    static final char VOID = 'V';

    /**
     * Tables and arrays inside each other, the outermost included. Deeper ones are refused, so recursion is bounded.
     */
    static final int DEPTH_MAX = 128;

    private FieldType() {}

    static MalformedFrameException unknown(int type) {
        return MalformedFrameException.syntaxError("unknown field type " + type);
    }

    static MalformedFrameException tooDeep() {
        return MalformedFrameException.syntaxError("field table is nested deeper than " + DEPTH_MAX + " levels");
    }
}
