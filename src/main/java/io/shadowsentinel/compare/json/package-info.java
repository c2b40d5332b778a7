/**
 * JSON as it is compared: values, the readers that make them, places in a document, and the rules
 * that hold at places. Entry types: {@link io.shadowsentinel.compare.json.JsonReader} and {@link
 * io.shadowsentinel.compare.json.Json}. Pure Java and Jackson, any thread.
 */
@NullMarked
package io.shadowsentinel.compare.json;

import org.jspecify.annotations.NullMarked;
