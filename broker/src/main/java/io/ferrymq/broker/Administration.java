package io.ferrymq.broker;

import io.ferrymq.broker.access.Permissions;
import io.ferrymq.broker.access.TopicPermission;
import io.ferrymq.broker.access.User;
import io.ferrymq.broker.topology.VhostSpec;

/**
 * What an operator does: virtual hosts, users and what they may. What is as asked for already is left alone.
 *
 * <p>Thread contract: the shard's lane. Takes effect at once; durable when {@link Link#afterDurable} of any link says so.
 */
public interface Administration {
    /** Creates a virtual host, or changes what an existing one says of itself. */
    void putVhost(VhostSpec spec);

    /** Deletes a virtual host with all that is in it, and everybody's permissions there. */
    void deleteVhost(String name);

    /** Creates a user, or replaces the password and the tags of an existing one. */
    void putUser(User user);

    /** Deletes a user with all permissions. */
    void deleteUser(String name);

    /** Says what a user may do in a virtual host, in place of what was said before. */
    void putPermissions(String user, String vhost, Permissions permissions);

    /** Says which routing keys a user may use with a topic exchange, which need not exist, in place of any key. */
    void putTopicPermission(String user, String vhost, String exchange, TopicPermission permission);

    /**
     * The messages of a virtual host that wait for their time.
     *
     * @throws RefusedException with {@link Refusal.VhostNotFound}
     */
    DelayedMessages delayedMessages(String vhost);

    /**
     * The messages of a virtual host that could not be read, and are set aside.
     *
     * @throws RefusedException with {@link Refusal.VhostNotFound}
     */
    DamagedMessages damagedMessages(String vhost);

    /** How many messages were set aside since the broker started, in all virtual hosts. */
    long setAsideSinceStart();

    /** How many logins were refused since the broker started. */
    long refusedLoginsSinceStart();

    /**
     * Deletes the tasks of that id from a queue, whether they wait in it or are held for it until their time; what a
     * worker has stays. Nobody is told: revoking a task is for that. Reads every message of the queue, from disk if it is
     * not in memory any more, and the lane does nothing else meanwhile.
     *
     * @return how many there were
     * @throws RefusedException with {@link Refusal.VhostNotFound} or {@link Refusal.NotFound}
     */
    int deleteTask(String vhost, String queue, String taskId);

    /**
     * A link with every permission, for declaring what definitions say.
     *
     * @throws RefusedException with {@link Refusal.VhostNotFound}
     */
    Link operatorLink(String vhost);
}
