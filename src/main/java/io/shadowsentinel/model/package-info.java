/**
 * Runs ONNX models: sessions of ONNX Runtime, and a server that speaks the Open Inference Protocol
 * V2 over HTTP. Entry types: {@link io.shadowsentinel.model.OnnxModel} and {@link
 * io.shadowsentinel.model.OpenInferenceServer}. Inference blocks and runs on a pool of its own,
 * HTTP on an event loop.
 */
@NullMarked
package io.shadowsentinel.model;

import org.jspecify.annotations.NullMarked;
