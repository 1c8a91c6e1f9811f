package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReplyAddressesTest {
    private final World world = World.fresh();
    private final Guest guest = new Guest(world);

    ReplyAddressesTest() throws IOException {}

    private Publication.Outcome reply(String address, String body) {
        Publication reply = Guest.message("", body);
        reply.address(ShortText.EMPTY, ShortText.of(address), List.of());
        guest.link.publish(reply);
        return reply.outcome();
    }

    @Test
    void aReplyGoesStraightToItsAddress() {
        Inbox inbox = new Inbox(1);
        String address = guest.link.openReplyAddress(inbox);
        assertThat(guest.link.replyAddressExists(address)).isTrue();
        assertThat(reply(address, "a")).isEqualTo(Publication.Outcome.ACCEPTED);
        assertThat(inbox.texts()).containsExactly("a");
        assertThat(inbox.last().unsettled()).isNull();
        assertThat(inbox.last().redelivered()).isFalse();
    }

    @Test
    void aReplyKeepsNoMoreThanTwiceItsLength() {
        ByteBuf read = Unpooled.directBuffer(256 << 10).writeZero(256 << 10);
        List<Integer> references = new ArrayList<>();
        String address = guest.link.openReplyAddress(new DeliverySink() {
            @Override
            public boolean hasCredit() {
                return true;
            }

            @Override
            public void deliver(Delivery delivery) {
                references.add(read.refCnt());
            }

            @Override
            public void cancelled() {}
        });
        for (int length : new int[] {16 << 10, 200 << 10}) {
            Publication reply = Guest.message("", "");
            reply.content(reply.header(), read.slice(0, length));
            reply.address(ShortText.EMPTY, ShortText.of(address), List.of());
            guest.link.publish(reply);
        }
        assertThat(references).as("copied, and kept by reference").containsExactly(1, 2);
        assertThat(read.refCnt()).isEqualTo(1);
        read.release();
    }

    @Test
    void aReplyThatNobodyHasRoomForIsNotRouted() {
        Inbox inbox = new Inbox(0);
        String address = guest.link.openReplyAddress(inbox);
        assertThat(reply(address, "a")).isEqualTo(Publication.Outcome.UNROUTED);
        assertThat(inbox.received).isEmpty();
    }

    @Test
    void anAddressEndsWhenItIsClosedOrItsLinkIs() {
        String closed = guest.link.openReplyAddress(new Inbox(9));
        guest.link.closeReplyAddress(closed);
        assertThat(reply(closed, "a")).isEqualTo(Publication.Outcome.UNROUTED);

        Guest other = new Guest(world);
        String gone = other.link.openReplyAddress(new Inbox(9));
        other.link.close();
        assertThat(guest.link.replyAddressExists(gone)).isFalse();
        assertThat(reply(gone, "a")).isEqualTo(Publication.Outcome.UNROUTED);
    }

    @Test
    void noTwoAddressesAreTheSame() {
        assertThat(guest.link.openReplyAddress(new Inbox(1))).isNotEqualTo(guest.link.openReplyAddress(new Inbox(1)));
    }
}
