package io.ferrymq.server.definitions;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A JSON object with its place in the file, so that every complaint says where.
 *
 * @param place such as {@code definitions.json: queues[3]}
 * @param json an object
 */
record DefinitionsNode(String place, JsonNode json) {
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
            words.add(word.asString());
        }
        return List.copyOf(words);
    }

    /** An object of arguments; numbers are Integer, Long, BigInteger or Double. */
    Map<String, Object> table(String field) throws DefinitionsException {
        if (isAbsent(field)) {
            return Map.of();
        }
        if (!json.get(field).isObject()) {
            throw wrong(field, "an object");
        }
        return tableOf(json.get(field));
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
        String problem = value == null ? " is missing" : " is " + value + ", not " + expectation;
        return new DefinitionsException(place + "." + field + problem);
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
