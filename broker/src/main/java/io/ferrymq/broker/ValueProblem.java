package io.ferrymq.broker;

import java.util.List;

/** What is wrong with the value of an argument. Each protocol puts it into its own words. */
public sealed interface ValueProblem {
    /** The value is of another type than the one that is wanted. */
    record WrongType(ArgumentType wanted) implements ValueProblem {}

    /** The number is less than the least one that is acceptable. */
    record TooSmall(long min) implements ValueProblem {}

    /** The number is more than the largest one that is acceptable. */
    record TooLarge(long max) implements ValueProblem {}

    /** The value is of the right type and none of those that mean something. */
    record NotOneOf(List<String> acceptable) implements ValueProblem {}

    /** The argument means nothing without another one, which is missing. */
    record Needs(String otherArgument) implements ValueProblem {}

    /** The argument contradicts another one, which is there too. */
    record Excludes(String otherArgument) implements ValueProblem {}

    /** The text is empty. */
    record Empty() implements ValueProblem {}

    /** The log could not keep the value: too long, too deep, or not valid Unicode. */
    record NotStorable(String why) implements ValueProblem {}

    /** The types that arguments have. */
    enum ArgumentType {
        /** An integer of any width. */
        INTEGER,
        TEXT,
        FLAG
    }
}
