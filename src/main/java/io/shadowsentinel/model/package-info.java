/**
 * Runs ONNX models: sessions of ONNX Runtime, a server that speaks the Open Inference Protocol V2
 * over HTTP, and the gate that measures a model before it may be deployed. Entry types: {@link
 * io.shadowsentinel.model.OnnxModel}, {@link io.shadowsentinel.model.OpenInferenceServer} and
 * {@link io.shadowsentinel.model.Gate}. Inference blocks and runs on a pool of its own, HTTP on an
 * event loop. May import nothing of ours.
 */
@NullMarked
package io.shadowsentinel.model;

import org.jspecify.annotations.NullMarked;
