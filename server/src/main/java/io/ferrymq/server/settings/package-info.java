/**
 * What the operator has chosen: one table of keys, and the places where their values come from.
 *
 * <p><b>Owns</b> {@link io.ferrymq.server.settings.Keys}, the only list of what can be configured, and the order of the
 * sources: defaults, then the file, then the environment, then {@code --set}; the later wins. Every module has an options
 * record of its own; the classes here only fill them.
 *
 * <p><b>Threads.</b> Everything is immutable once read.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>An unknown key or a bad value is refused before anything starts, in one line that names the source (test {@code
 *       SettingsTest}).
 *   <li>Every default is a valid value of its key, and every key has an environment name of its own (test {@code
 *       KeysTest}).
 * </ul>
 */
@NullMarked
package io.ferrymq.server.settings;

import org.jspecify.annotations.NullMarked;
