/** What a message is: envelope, stored form, the view that protocols convert through. */
@NullMarked
package io.ferrymq.broker.message;

import org.jspecify.annotations.NullMarked;
