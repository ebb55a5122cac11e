#include "kvcore/tools/verb.h"

/* In the order in which the help lists them: looking, changing, moving whole stores. */
static const tool_verb *const verbs[] = {
    &tool_verb_buckets, &tool_verb_stat, &tool_verb_scan,     &tool_verb_get,    &tool_verb_check,
    &tool_verb_put,     &tool_verb_del,  &tool_verb_mkbucket, &tool_verb_clear,  &tool_verb_drop,
    &tool_verb_copy,    &tool_verb_dump, &tool_verb_load,     &tool_verb_backup,
};

const tool_verb *tool_verb_at(unsigned index)
{
    return index < sizeof verbs / sizeof verbs[0] ? verbs[index] : NULL;
}

const tool_verb *tool_verb_find(const char *name)
{
    for (unsigned i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verbs[i]->name, name) == 0) {
            return verbs[i];
        }
    }
    return NULL;
}
