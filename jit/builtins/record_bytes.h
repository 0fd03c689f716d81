// Records as bytes: an array of records is one of bytes with an axis more, which is as long as a record. What moves elements about, and
// does not look into them, works on these.
#pragma once

#include "jit/infer/emitter.h"
#include "jit/types/record.h"

namespace px::jit {

// The array of bytes that a record, or an array of up to seven dimensions of them, is; null where there are more.
const Type* bytes_of(const Type* records);
// Its slots, made of those of the records.
typed::Slot emit_bytes_of(Emitter&, const Type* records, typed::Slot from);
// The other way about: `from` holds the array of bytes.
void emit_records_of(Emitter&, const Type* records, typed::Slot from, typed::Slot d);

}  // namespace px::jit
