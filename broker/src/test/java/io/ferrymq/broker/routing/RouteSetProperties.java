package io.ferrymq.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class RouteSetProperties {
    @Property
    void holdsWhatWasAddedAndNotRemoved(@ForAll List<Integer> choices) {
        RouteSet set = new RouteSet();
        List<Route> held = new ArrayList<>();
        for (int choice : choices) {
            if (choice % 2 == 0 || held.isEmpty()) {
                Route route = route();
                set.add(route);
                held.add(route);
            } else {
                set.remove(held.remove(Math.floorMod(choice, held.size())));
            }
        }

        Set<Route> found = new HashSet<>();
        for (int i = 0; i < set.size(); i++) {
            found.add(set.get(i));
        }
        assertThat(found).containsExactlyInAnyOrderElementsOf(held);
        assertThat(set.size()).isEqualTo(held.size());
    }

    @Property(tries = 1)
    void refusesRoutesThatStandElsewhere() {
        RouteSet one = new RouteSet();
        RouteSet other = new RouteSet();
        Route route = route();
        one.add(route);

        assertThatIllegalStateException().isThrownBy(() -> other.add(route));
        assertThatIllegalStateException().isThrownBy(() -> other.remove(route));
        one.remove(route);
        assertThatIllegalStateException().isThrownBy(() -> one.remove(route));
    }

    private static Route route() {
        return Route.to(new Stop("q"), "", Map.of());
    }
}
