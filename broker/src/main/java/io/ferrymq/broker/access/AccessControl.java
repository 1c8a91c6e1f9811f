package io.ferrymq.broker.access;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import java.util.Optional;
import java.util.Set;

/**
 * The door: who may log in, from where, and who may enter a virtual host. What may be done there is the {@link Grant}'s.
 *
 * <p>Owned by the shard's lane.
 */
public final class AccessControl {
    /** Users that may come from this machine only, unless the operator says otherwise. */
    public static final Set<String> LOOPBACK_ONLY_DEFAULT = Set.of("guest");

    private final AccessState state;
    private final Set<String> loopbackOnly;

    /** Reads {@code state}; lets {@code loopbackOnly} users in from this machine only. */
    public AccessControl(AccessState state, Set<String> loopbackOnly) {
        this.state = state;
        this.loopbackOnly = Set.copyOf(loopbackOnly);
    }

    /**
     * Checks a name and a password. Takes the same time whether or not there is a user of that name.
     *
     * @param password UTF-8
     * @throws RefusedException with {@code LoginFailed}
     */
    public User login(String name, byte[] password, Origin origin) {
        Optional<User> user = state.user(name);
        boolean matches = user.map(User::passwordHash).orElse(PasswordHash.NONE).matches(password);
        if (user.isEmpty()) {
            throw failed(name, "no such user");
        }
        if (!matches) {
            throw failed(name, password.length == 0 ? "blank password" : "wrong password");
        }
        requireOrigin(name, origin);
        return user.get();
    }

    /**
     * Lets in who has proved the name otherwise, as by a certificate (SASL EXTERNAL).
     *
     * @throws RefusedException with {@code LoginFailed}
     */
    public User loginProven(String name, Origin origin) {
        User user = state.user(name).orElseThrow(() -> failed(name, "no such user"));
        requireOrigin(name, origin);
        return user;
    }

    /**
     * Lets a user into a virtual host, which must exist.
     *
     * @throws RefusedException with {@code VhostDenied} if the user has no permissions there
     */
    public Grant enter(String user, String vhost) {
        return state.grant(user, vhost)
                .filter(grant -> grant.permissions().isPresent())
                .orElseThrow(() -> new RefusedException(new Refusal.VhostDenied(vhost, user)));
    }

    private void requireOrigin(String name, Origin origin) {
        if (origin != Origin.LOOPBACK && loopbackOnly.contains(name)) {
            throw failed(name, "may connect from this machine only");
        }
    }

    private static RefusedException failed(String name, String reason) {
        return new RefusedException(new Refusal.LoginFailed(name, reason));
    }
}
