package example;

import io.ferrymq.tasks.TaskMethod;
import io.ferrymq.tasks.Tasks;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;

/** Brings tasks into an application: copy it, with {@link FerryProperties} and {@link FerryWorker}, into yours. */
@Configuration
class FerryConfiguration {
    @Bean(destroyMethod = "close")
    Tasks tasks(FerryProperties properties) {
        return Tasks.open(properties.uri());
    }

    /** Defines the annotated methods of all beans, once there are all. */
    @Bean
    SmartInitializingSingleton taskMethods(ListableBeanFactory beans, Tasks tasks) {
        return () -> {
            for (String name : beans.getBeanDefinitionNames()) {
                Class<?> type = beans.getType(name);
                if (type != null && hasTasks(type)) {
                    tasks.register(beans.getBean(name));
                }
            }
        };
    }

    private static boolean hasTasks(Class<?> type) {
        return MethodIntrospector.selectMethods(type, (MethodIntrospector.MetadataLookup<TaskMethod>)
                                method -> AnnotatedElementUtils.findMergedAnnotation(method, TaskMethod.class))
                        .size()
                > 0;
    }
}
