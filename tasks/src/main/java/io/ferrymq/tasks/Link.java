package io.ferrymq.tasks;

/** One link of a chain: a call, or calls at the same time that the next link waits for. */
sealed interface Link permits TaskCall, Group {}
