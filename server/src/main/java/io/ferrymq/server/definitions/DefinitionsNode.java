package io.ferrymq.server.definitions;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A JSON object with its place in the file, so that every complaint says where.
 *
 * @param place such as {@code definitions.json: queues[3]}
 * @param json an object
 */
record DefinitionsNode(String place, JsonNode json) {
    private static final int SHOWN_LENGTH_MAX = 60;

    /** A text that must be there. */
    String text(String field) throws DefinitionsException {
        JsonNode value = json.get(field);
        if (value == null || !value.isString()) {
            throw wrong(field, "a text");
        }
        return value.stringValue();
    }

    /** A text that may be absent. */
    String text(String field, String absent) throws DefinitionsException {
        return isAbsent(field) ? absent : text(field);
    }

    /** True or false, or absent. */
    boolean flag(String field, boolean absent) throws DefinitionsException {
        if (isAbsent(field)) {
            return absent;
        }
        if (!json.get(field).isBoolean()) {
            throw wrong(field, "true or false");
        }
        return json.get(field).booleanValue();
    }

    /** Words as an array, or as older versions write them: in one text with commas between. */
    List<String> words(String field) throws DefinitionsException {
        if (isAbsent(field)) {
            return List.of();
        }
        JsonNode value = json.get(field);
        if (value.isString()) {
            return Arrays.stream(value.stringValue().split(",", -1))
                    .map(String::strip)
                    .filter(word -> !word.isEmpty())
                    .toList();
        }
        List<String> words = new ArrayList<>();
        for (JsonNode word : value) {
            if (!word.isString()) {
                throw wrong(field, "texts");
            }
            words.add(word.stringValue());
        }
        return List.copyOf(words);
    }

    /** An object of arguments; numbers are Integer, Long, BigInteger or Double. */
    Map<String, Object> table(String field) throws DefinitionsException {
        if (isAbsent(field)) {
            return Map.of();
        }
        JsonNode value = json.get(field);
        if (value.isArray() && value.isEmpty()) {
            // Some tools, such as PHP's, write an empty object so.
            return Map.of();
        }
        if (!value.isObject()) {
            throw wrong(field, "an object");
        }
        return tableOf(value);
    }

    /** The objects of an array; none if it is absent. */
    List<DefinitionsNode> elements(String field) throws DefinitionsException {
        if (isAbsent(field)) {
            return List.of();
        }
        JsonNode array = json.get(field);
        if (!array.isArray()) {
            throw wrong(field, "an array");
        }
        List<DefinitionsNode> elements = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            DefinitionsNode element = new DefinitionsNode(place + ": " + field + "[" + i + "]", array.get(i));
            if (!element.json.isObject()) {
                throw new DefinitionsException(element.place + " is not an object");
            }
            elements.add(element);
        }
        return elements;
    }

    DefinitionsException wrong(String field, String expectation) {
        JsonNode value = json.get(field);
        String problem = value == null ? " is missing" : " is " + shown(value) + ", not " + expectation;
        return new DefinitionsException(place + "." + field + problem);
    }

    /** Something about the whole object. */
    DefinitionsException problem(String problem) {
        return new DefinitionsException(place + " " + problem);
    }

    private static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() <= SHOWN_LENGTH_MAX ? text : text.substring(0, SHOWN_LENGTH_MAX) + "…";
    }

    /** Whether there is such a field that says something. */
    boolean has(String field) {
        return !isAbsent(field);
    }

    /** An object inside this one; empty if it is absent. */
    DefinitionsNode inner(String field) throws DefinitionsException {
        JsonNode value = has(field) ? json.get(field) : JsonNodeFactory.instance.objectNode();
        if (value.isArray() && value.isEmpty()) {
            value = JsonNodeFactory.instance.objectNode();
        }
        if (!value.isObject()) {
            throw wrong(field, "an object");
        }
        return new DefinitionsNode(place + "." + field, value);
    }

    private boolean isAbsent(String field) {
        return !json.hasNonNull(field);
    }

    private static Map<String, Object> tableOf(JsonNode object) {
        Map<String, Object> table = new LinkedHashMap<>();
        object.properties().forEach(entry -> {
            if (!entry.getValue().isNull()) {
                table.put(entry.getKey(), valueOf(entry.getValue()));
            }
        });
        return table;
    }

    private static Object valueOf(JsonNode value) {
        if (value.isObject()) {
            return tableOf(value);
        }
        if (value.isArray()) {
            List<Object> list = new ArrayList<>();
            value.forEach(element -> list.add(valueOf(element)));
            return list;
        }
        if (value.isNumber()) {
            return value.numberValue();
        }
        return value.isBoolean() ? (Object) value.booleanValue() : value.asString();
    }
}
