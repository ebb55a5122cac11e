#include "kvcore/base/message.h"

#include <stdarg.h>
#include <stdio.h>

void kvi_message_format(kv_message *message, const char *format, ...)
{
    if (message == NULL) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message->text, sizeof message->text, format, arguments);
    va_end(arguments);
}
