/** A small application: one endpoint hands reports off as tasks; a worker in the same process writes them. */
@NullMarked
package example;

import org.jspecify.annotations.NullMarked;
