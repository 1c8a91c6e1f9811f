/**
 * Schedules: calls made again and again, or once, at their time.
 *
 * <p><b>Owns</b> the entries of a queue of schedules. An entry is a message: it says what is called, when, and up to when
 * that is done. The active scheduler is the only consumer of the queue and holds all entries unsettled; a firing is one
 * transaction in which the call and the entry's next version are published and its last version is settled.
 *
 * <p><b>Threads.</b> {@link io.ferrymq.tasks.schedule.Schedules} may be used from any thread. A scheduler has a thread of
 * its own.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>A tick fires once, however many schedulers there are and whenever they die ({@code SchedulersTest}).
 *   <li>The call of a tick has the same id whoever makes it ({@code EntryTest}).
 *   <li>Nothing is lost or late because the clocks of a place change ({@code CronScheduleProperties}).
 * </ul>
 */
@NullMarked
package io.ferrymq.tasks.schedule;

import org.jspecify.annotations.NullMarked;
