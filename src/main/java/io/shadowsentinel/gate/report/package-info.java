/**
 * What the gate says of a model: as text, Markdown and JSON, with pictures. Entry type: {@link
 * io.shadowsentinel.gate.report.ReportFormat}. Pure, any thread.
 */
@NullMarked
package io.shadowsentinel.gate.report;

import org.jspecify.annotations.NullMarked;
