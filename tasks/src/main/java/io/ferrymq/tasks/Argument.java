package io.ferrymq.tasks;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a parameter of a {@link TaskMethod} is called, and what it is if a call does not give it. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Argument {
    /** By which a call may give it; if empty, the parameter's own. */
    String name() default "";

    /** One value, if a call may leave it out: text for a text, else JSON, such as {@code "10"} or {@code "[]"}. */
    String[] defaultsTo() default {};
}
