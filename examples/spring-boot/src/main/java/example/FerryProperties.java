package example;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What {@code application.properties} says.
 *
 * @param uri the broker's
 * @param concurrency how many calls run at a time
 */
@ConfigurationProperties("ferrymq")
record FerryProperties(
        @DefaultValue("memory:") String uri,
        @DefaultValue("4") int concurrency) {}
