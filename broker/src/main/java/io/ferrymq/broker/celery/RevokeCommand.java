package io.ferrymq.broker.celery;

import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.message.ValueCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The one remote control command that the broker carries out itself: never to run tasks with certain ids.
 *
 * <pre>
 *   {"method": "revoke" or "terminate", "arguments": {"task_id": id or [id, …], …}, "destination": null or […],
 *    "pattern": null or text, "matcher": null or text, …}
 * </pre>
 *
 * <p>A command to particular workers, by {@code destination} or by {@code pattern}, is theirs alone: another worker may
 * still run the task, and only workers know their names. Anything else than such a command means nothing here.
 *
 * <p>Reads one message and is then dropped.
 */
public final class RevokeCommand {
    /** Published to the exchange of this name. */
    public static final String EXCHANGE = "celery.pidbox";

    /** Larger messages are not looked at. */
    static final int BODY_BYTES_MAX = 64 << 10;

    /** So many bytes are read in about 100 ns. */
    private static final int BODY_BYTES_PER_UNIT = 16;

    private static final Set<String> METHODS = Set.of("revoke", "terminate");
    private static final JsonFactory JSON = new JsonFactory();

    private final Set<String> taskIds = new LinkedHashSet<>();
    private String method = "";
    private boolean hasDestination;
    private boolean hasPattern;
    private boolean hasMatcher;

    private RevokeCommand() {}

    /** What it takes to read a message of this size, in the units of {@link TurnBudget}. */
    public static long units(ByteBuf body) {
        return body.readableBytes() > BODY_BYTES_MAX ? 0 : body.readableBytes() / BODY_BYTES_PER_UNIT;
    }

    /** The ids that a message revokes; empty if it is no such command. */
    public static List<String> taskIds(ByteBuf body) {
        if (body.readableBytes() > BODY_BYTES_MAX) {
            return List.of();
        }
        RevokeCommand command = new RevokeCommand();
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), ByteBufUtil.getBytes(body))) {
            boolean isObject = parser.nextToken() == JsonToken.START_OBJECT;
            if (isObject) {
                command.readFields(parser);
            }
            return isObject && parser.nextToken() == null && command.concernsEverybody()
                    ? List.copyOf(command.taskIds)
                    : List.of();
        } catch (JacksonException _) {
            return List.of(); // It is no JSON, so no worker understands it either.
        }
    }

    /** As kombu decides it: an empty list of workers, and a pattern without a matcher, mean everybody. */
    private boolean concernsEverybody() {
        return METHODS.contains(method) && !hasDestination && !(hasPattern && hasMatcher);
    }

    private void readFields(JsonParser parser) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "method" -> method = value == JsonToken.VALUE_STRING ? parser.getString() : "";
                case "destination" -> hasDestination = isFilled(parser, value);
                case "pattern" -> hasPattern = isFilled(parser, value);
                case "matcher" -> hasMatcher = isFilled(parser, value);
                case "arguments" -> readArguments(parser, value);
                default -> parser.skipChildren();
            }
        }
    }

    /** Whether Python takes the value for true; the parser is behind it then. */
    private static boolean isFilled(JsonParser parser, JsonToken value) {
        return switch (value) {
            case VALUE_NULL, VALUE_FALSE -> false;
            case VALUE_STRING -> !parser.getString().isEmpty();
            case START_ARRAY, START_OBJECT -> {
                boolean empty = parser.nextToken().isStructEnd();
                if (!empty) {
                    leave(parser);
                }
                yield !empty;
            }
            default -> true;
        };
    }

    /** From anywhere directly inside an array or object to its end. */
    private static void leave(JsonParser parser) {
        parser.skipChildren();
        while (!parser.nextToken().isStructEnd()) {
            parser.skipChildren();
        }
    }

    private void readArguments(JsonParser parser, JsonToken value) {
        taskIds.clear();
        if (value != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            boolean isTaskId = parser.currentName().equals("task_id");
            JsonToken argument = parser.nextToken();
            if (isTaskId) {
                readTaskIds(parser, argument);
            } else {
                parser.skipChildren();
            }
        }
    }

    private void readTaskIds(JsonParser parser, JsonToken value) {
        taskIds.clear();
        if (value != JsonToken.START_ARRAY) {
            addTaskId(parser, value);
            return;
        }
        for (JsonToken item = parser.nextToken(); item != JsonToken.END_ARRAY; item = parser.nextToken()) {
            addTaskId(parser, item);
        }
    }

    /** Steps over anything but a text that can be the id of a task. */
    private void addTaskId(JsonParser parser, JsonToken value) {
        if (value != JsonToken.VALUE_STRING) {
            parser.skipChildren();
            return;
        }
        String id = parser.getString();
        if (!id.isEmpty() && ValueCodec.isUnicode(id) && ByteBufUtil.utf8Bytes(id) <= ShortText.BYTES_MAX) {
            taskIds.add(id);
        }
    }
}
