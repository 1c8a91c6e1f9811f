package io.ferrymq.broker.celery;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.message.ValueCodec;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Messages to the control exchange, with octets that a fuzzer chooses: ids that can be kept, or none. */
class RevokeOctetsFuzz {
    @FuzzTest
    void anyBytesAreReadOrIgnored(byte[] body) {
        for (String id : RevokeCommand.taskIds(Unpooled.wrappedBuffer(body))) {
            assertThat(id).isNotEmpty();
            assertThat(ValueCodec.isUnicode(id)).isTrue();
            assertThat(ByteBufUtil.utf8Bytes(id)).isLessThanOrEqualTo(ShortText.BYTES_MAX);
        }
    }

    @FuzzTest
    void aTimeIsAMomentOrNone(byte[] text) {
        long millis = TaskHeaders.millis(new String(text, StandardCharsets.UTF_8));
        assertThat(millis).isPositive();
    }
}
