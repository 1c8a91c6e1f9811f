package io.ferrymq.broker.shard;

import io.ferrymq.broker.Administration;
import io.ferrymq.broker.DamagedMessages;
import io.ferrymq.broker.DelayedMessages;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.access.AccessCommand;
import io.ferrymq.broker.access.AccessRequests;
import io.ferrymq.broker.access.Permissions;
import io.ferrymq.broker.access.TopicPermission;
import io.ferrymq.broker.access.User;
import io.ferrymq.broker.queue.Queue;
import io.ferrymq.broker.topology.DeclaredQueue;
import io.ferrymq.broker.topology.VhostSpec;
import io.ferrymq.broker.topology.VirtualHost;
import java.util.List;

/** The operator's side of a shard. Lane only. */
final class ShardAdministration implements Administration {
    private static final String FIRST_VHOST = "/";

    private final Shard shard;
    private final Links links;
    private final AccessRequests access;
    private long refusedLogins;

    ShardAdministration(Shard shard, Links links) {
        this.shard = shard;
        this.links = links;
        this.access = new AccessRequests(shard.access());
    }

    /** Brings the first virtual host and the first user into being, on a broker that has none. */
    void begin(byte[] salt) {
        if (shard.topology().vhosts().isEmpty()) {
            putVhost(VhostSpec.named(FIRST_VHOST));
            apply(access.createFirstUser(FIRST_VHOST, salt));
        }
    }

    @Override
    public void putVhost(VhostSpec spec) {
        shard.faults().run(() -> shard.apply(shard.requests().createVhost(spec)));
    }

    @Override
    public void deleteVhost(String name) {
        shard.faults().run(() -> forgetVhost(name));
    }

    private void forgetVhost(String name) {
        shard.apply(shard.requests().deleteVhost(name));
        apply(access.forgetVhost(name));
        shard.turn().start(links.closeGone("vhost '" + name + "' is deleted"));
    }

    @Override
    public void putUser(User user) {
        shard.faults().run(() -> apply(access.putUser(user)));
    }

    @Override
    public void deleteUser(String name) {
        shard.faults().run(() -> apply(access.deleteUser(name)));
    }

    @Override
    public void putPermissions(String user, String vhost, Permissions permissions) {
        shard.faults().run(() -> {
            shard.topology().requireVhost(vhost);
            apply(access.putPermissions(user, vhost, permissions));
        });
    }

    @Override
    public void putTopicPermission(String user, String vhost, String exchange, TopicPermission permission) {
        shard.faults().run(() -> {
            shard.topology().requireVhost(vhost);
            apply(access.putTopicPermission(user, vhost, exchange, permission));
        });
    }

    private void apply(List<AccessCommand> commands) {
        commands.forEach(shard::apply);
    }

    @Override
    public DelayedMessages delayedMessages(String vhost) {
        return new VhostDelays(shard, shard.topology().requireVhost(vhost).name());
    }

    @Override
    public DamagedMessages damagedMessages(String vhost) {
        return new VhostDamage(shard, shard.topology().requireVhost(vhost).name());
    }

    @Override
    public long setAsideSinceStart() {
        return shard.damage().total();
    }

    @Override
    public long refusedLoginsSinceStart() {
        return refusedLogins;
    }

    void loginRefused() {
        refusedLogins++;
    }

    @Override
    public int deleteTask(String vhostName, String queueName, String taskId) {
        return shard.faults().get(() -> forgetTask(vhostName, queueName, taskId));
    }

    private int forgetTask(String vhostName, String queueName, String taskId) {
        VirtualHost vhost = shard.topology().requireVhost(vhostName);
        DeclaredQueue queue = vhost.queue(queueName)
                .orElseThrow(() -> new RefusedException(new Refusal.NotFound(Resource.queue(queueName, vhostName))));
        return shard.deleteTask((Queue) queue, taskId);
    }

    @Override
    public Link operatorLink(String vhost) {
        return shard.faults()
                .get(() -> new GuardedLink(
                        shard.faults(),
                        new ShardLink(
                                shard,
                                links,
                                shard.topology().requireVhost(vhost),
                                Guard.OPERATOR,
                                new SilentListener())));
    }
}
