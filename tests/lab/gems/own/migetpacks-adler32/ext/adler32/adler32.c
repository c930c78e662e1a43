#include <ruby.h>

static VALUE checksum(VALUE self, VALUE text) {
    unsigned long low = 1, high = 0;
    const unsigned char *bytes = (const unsigned char *)StringValuePtr(text);
    for (long i = 0; i < RSTRING_LEN(text); i++) {
        low = (low + bytes[i]) % 65521;
        high = (high + low) % 65521;
    }
    return ULONG2NUM(high << 16 | low);
}

void Init_adler32(void) {
    rb_define_module_function(rb_define_module("Adler32"), "checksum", checksum, 1);
}
