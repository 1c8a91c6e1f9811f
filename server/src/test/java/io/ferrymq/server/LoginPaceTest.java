package io.ferrymq.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class LoginPaceTest {
    private final InetAddress here = address("192.0.2.1");
    private final InetAddress there = address("192.0.2.2");
    private long nowMillis = 1_000_000;
    private final LoginPace pace = new LoginPace(() -> nowMillis);

    @Test
    void letsAFewFailuresPassAndThenMakesTheirAddressWait() {
        failTimes(5, "a", here);
        assertThat(pace.delayMillis("b", here)).isZero();
        assertThat(pace.delayMillis("b", here)).isPositive();
        assertThat(pace.delayMillis("b", there)).isZero();
    }

    @Test
    void attemptsOnManyConnectionsTakeTurns() {
        failTimes(50, "a", here);
        int looked = 0;
        for (int i = 0; i < 1_000; i++) {
            if (pace.delayMillis("a" + i, here) != LoginPace.REFUSE) {
                looked++;
            }
        }
        assertThat(looked).isLessThanOrEqualTo(6);
    }

    @Test
    void nobodyWhoseNameIsGuessedElsewhereWaitsForLongerThanAMoment() {
        for (int i = 0; i < 1_000; i++) {
            pace.failed("a", address("198.51.100." + i % 200));
            pace.delayMillis("a", address("198.51.100." + i % 200));
        }
        assertThat(pace.delayMillis("a", there)).isBetween(0L, 1_000L);
    }

    @Test
    void whoHasBeenLetInComesInAtOnceWhateverHisAddressDoes() {
        pace.succeeded("good", here);
        failTimes(50, "a", here);
        while (pace.delayMillis("a", here) != LoginPace.REFUSE) {
            // Somebody at the same address guesses.
        }
        assertThat(pace.delayMillis("good", here)).isZero();
        failTimes(50, "good", here);
        assertThat(pace.delayMillis("good", here)).isEqualTo(LoginPace.REFUSE);
    }

    @Test
    void failuresAreForgivenAsTimePasses() {
        failTimes(20, "a", here);
        assertThat(pace.delayMillis("a", here)).isZero();
        assertThat(pace.delayMillis("a", here)).isPositive();
        nowMillis += 200_000;
        assertThat(pace.delayMillis("a", here)).isZero();
        assertThat(pace.delayMillis("a", here)).isZero();
    }

    @Test
    void oneNetworkOfIpv6IsOneAddress() {
        for (int i = 0; i < 50; i++) {
            pace.failed("n" + i, address("2001:db8::" + i));
        }
        assertThat(pace.delayMillis("x", address("2001:db8::aaaa"))).isZero();
        assertThat(pace.delayMillis("x", address("2001:db8::bbbb"))).isPositive();
        assertThat(pace.delayMillis("x", address("2001:db8:0:1::1"))).isZero();
    }

    @Test
    void ofLongNamesOnlyTheBeginningCounts() {
        String name = "n".repeat(300);
        pace.succeeded(name + "a", here);
        failTimes(50, name + "b", there);
        assertThat(pace.delayMillis(name + "c", address("192.0.2.3"))).isZero();
        assertThat(pace.delayMillis(name + "d", address("192.0.2.4"))).isPositive();
        assertThat(pace.delayMillis(name + "e", here)).isZero();
    }

    private void failTimes(int times, String name, InetAddress from) {
        for (int i = 0; i < times; i++) {
            pace.failed(name, from);
        }
    }

    private static InetAddress address(String text) {
        return InetAddress.ofLiteral(text);
    }
}
