package io.shadowsentinel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The schemas of Kubernetes' kinds that fabric8's models were made from, closed: a key that no kind
 * has is an error, for the API server would drop it without a word.
 */
final class KubernetesSchemas {
  private static final String RESOURCE = "schema/kube-schema.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Map<String, String> DEFINITIONS =
      Map.of(
          "Deployment", "kubernetes_apps_Deployment",
          "Service", "kubernetes_core_Service",
          "PersistentVolumeClaim", "kubernetes_core_PersistentVolumeClaim",
          "NetworkPolicy", "kubernetes_networking_v1_NetworkPolicy",
          "ServiceMonitor", "os_monitoring_v1_ServiceMonitor");

  private KubernetesSchemas() {}

  /** What is wrong with a manifest; empty when nothing is. */
  static List<String> faults(JsonNode manifest) throws IOException {
    String kind = manifest.path("kind").asText();
    String name = DEFINITIONS.get(kind);
    if (name == null) {
      return List.of("kind: " + kind + " (expected one of " + DEFINITIONS.keySet() + ")");
    }
    for (URL resource :
        Collections.list(KubernetesSchemas.class.getClassLoader().getResources(RESOURCE))) {
      JsonNode definitions = JSON.readTree(resource).path("definitions");
      if (definitions.has(name)) {
        ObjectNode schema = JSON.createObjectNode();
        schema.put("$ref", "#/definitions/" + name);
        ObjectNode closed = schema.putObject("definitions");
        definitions
            .properties()
            .forEach(each -> closed.set(each.getKey(), definition(each.getKey(), each.getValue())));
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
            .getSchema(schema.toString(), InputFormat.JSON)
            .validate(manifest.toString(), InputFormat.JSON)
            .stream()
            .map(fault -> kind + fault.toString())
            .toList();
      }
    }
    throw new IllegalStateException("no schema of " + name + " on the class path");
  }

  private static JsonNode definition(String name, JsonNode given) {
    // Both are written as one scalar, which their generated form does not tell.
    if (name.endsWith("_IntOrString") || name.endsWith("_Quantity")) {
      ObjectNode scalar = JSON.createObjectNode();
      scalar.putArray("type").add("string").add("integer");
      return scalar;
    }
    return closed(given.deepCopy());
  }

  /** From draft 3's "required" in a property to that of the object, and no other properties. */
  private static JsonNode closed(JsonNode node) {
    if (node instanceof ObjectNode object) {
      List<String> required = new ArrayList<>();
      JsonNode properties = object.path("properties");
      for (Map.Entry<String, JsonNode> property : properties.properties()) {
        if (property.getValue() instanceof ObjectNode each
            && each.path("required").isBoolean()
            && each.remove("required").asBoolean()) {
          required.add(property.getKey());
        }
      }
      if (properties.isObject() && !object.path("additionalProperties").isObject()) {
        object.put("additionalProperties", false);
      }
      if (!required.isEmpty()) {
        ArrayNode names = object.putArray("required");
        required.forEach(names::add);
      }
      object.properties().forEach(each -> closed(each.getValue()));
    } else if (node.isArray()) {
      node.forEach(KubernetesSchemas::closed);
    }
    return node;
  }
}
