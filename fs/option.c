#include "fs/option.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum value_type { FLAG, TEXT, NUMBER, SIZE, MODE, OWNER };

struct option {
    const char *name;
    enum value_type type;
    size_t offset;
    const char *argument;
    const char *help;
};

#define AT(member) offsetof(struct kvfs_options, member)

static const struct option table[] = {
    {"ro", FLAG, AT(is_read_only), NULL, "refuse every write, in the store as well"},
    {"create", FLAG, AT(may_create), NULL, "make the store when there is none"},
    {"allow_other", FLAG, AT(is_shared), NULL, "let other users enter, as the modes allow"},
    {"quiet", FLAG, AT(is_quiet), NULL, "ignore chmod and chown to other modes and owners, instead of EPERM"},
    {"uid", OWNER, AT(uid), "N", "owner of all files (who mounts)"},
    {"gid", OWNER, AT(gid), "N", "group of all files (who mounts)"},
    {"fmask", MODE, AT(fmask), "OCTAL", "mode bits that files lack (the umask)"},
    {"dmask", MODE, AT(dmask), "OCTAL", "mode bits that directories lack (the umask)"},
    {"umask", MODE, AT(fmask), "OCTAL", "both"},
    {"commit", NUMBER, AT(commit), "SECONDS", "commit the session so often (only when asked)"},
    {"timeout", NUMBER, AT(timeout), "SECONDS", "longest wait for another writer (30)"},
    {"pin", NUMBER, AT(pin), "SECONDS", "how long a reader may stay on a state that was replaced (60)"},
    {"session_memory", SIZE, AT(session_memory), "SIZE", "content being written beyond this goes to the spool (64M)"},
    {"spool", TEXT, AT(spool), "DIR", "where pending changes are kept (the system's place)"},
    {"rescue", TEXT, AT(rescue), "DIR", "where changes are written that could not be committed at the end"},
    {"threads", NUMBER, AT(threads), "N", "how many requests are served at once at most (16)"},
};

enum { TABLE_SIZE = sizeof table / sizeof table[0] };

/* What fstab lines and mount(8) add, and what the kernel does by itself. */
static const char *const ignored[] = {"rw",         "auto",       "noauto",      "user",          "nouser",
                                      "users",      "nousers",    "owner",       "noowner",       "group",
                                      "nogroup",    "nofail",     "_netdev",     "defaults",      "default_permissions",
                                      "relatime",   "norelatime", "strictatime", "nostrictatime", "lazytime",
                                      "nolazytime", "diratime",   "nodiratime",  "silent",        "loud",
                                      "mand",       "nomand",     "iversion",    "noiversion",    NULL};
static const char *const for_kernel[] = {"nosuid",  "suid",  "nodev", "dev",   "noexec",  "exec",
                                         "noatime", "atime", "sync",  "async", "dirsync", NULL};

static bool is_listed(const char *const *list, const char *name)
{
    while (*list && strcmp(*list, name) != 0) {
        list++;
    }
    return *list != NULL;
}

static int refuse(kv_message *message, const char *format, const char *what)
{
    /* The formats are this file's. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(message->text, sizeof message->text, format, what);
#pragma GCC diagnostic pop
    return KV_ERR_OPTION;
}

static bool read_number(const char *text, int base, unsigned long *ret_number)
{
    char *end = NULL;
    errno = 0;
    unsigned long number = strtoul(text, &end, base);
    if (errno || end == text || text[0] == '-') {
        return false;
    }
    static const char units[] = "KMGT";
    const char *unit = *end ? strchr(units, *end & ~0x20) : NULL;
    if (base == 0 && unit && end[1] == '\0') {
        unsigned shift = 10u * (unsigned)(unit - units + 1);
        if (number > ULONG_MAX >> shift) {
            return false;
        }
        number <<= shift;
    } else if (*end) {
        return false;
    }
    *ret_number = number;
    return true;
}

static int set(struct kvfs_options *options, const struct option *option, char *value, kv_message *message)
{
    void *field = (char *)options + option->offset;
    unsigned long number = 0;
    if (option->type == FLAG) {
        *(bool *)field = true;
        return value ? refuse(message, "the option %s takes no value", option->name) : KV_OK;
    }
    if (!value || !*value) {
        return refuse(message, "the option %s needs a value", option->name);
    }
    if (option->type == TEXT) {
        *(const char **)field = value;
        return KV_OK;
    }
    if (!read_number(value, option->type == MODE ? 8 : option->type == SIZE ? 0 : 10, &number)) {
        return refuse(message, "the option %s needs a number", option->name);
    }
    if (option->type == SIZE) {
        *(size_t *)field = number;
    } else {
        if (number > UINT_MAX) {
            return refuse(message, "the number of the option %s is too large", option->name);
        }
        *(unsigned *)field = (unsigned)number;
    }
    if (strcmp(option->name, "umask") == 0) {
        options->dmask = options->fmask;
    }
    return KV_OK;
}

/* Appends "name" or "name=value" to a list joined by commas. */
static int append(char **list, const char *name, const char *value)
{
    char *longer = NULL;
    if (asprintf(&longer, "%s%s%s%s%s", *list ? *list : "", *list ? "," : "", name, value ? "=" : "",
                 value ? value : "") < 0) {
        return KV_ERR_NO_MEMORY;
    }
    free(*list);
    *list = longer;
    return KV_OK;
}

/* Tells whether any backend knows the setting. */
static bool is_setting(const char *name)
{
    kv_backend_info info;
    size_t length = strlen(name);
    for (unsigned i = 0; kv_backend_list(i, &info) == KV_OK; i++) {
        for (const char *line = info.options; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : "") {
            if (strncmp(line, name, length) == 0 && strchr("= \n", line[length])) {
                return true;
            }
        }
    }
    return false;
}

static int read_one(struct kvfs_options *options, char *text, kv_message *message)
{
    char *value = strchr(text, '=');
    if (value) {
        *value++ = '\0';
    }
    for (size_t i = 0; i < TABLE_SIZE; i++) {
        if (strcmp(table[i].name, text) == 0) {
            return set(options, &table[i], value, message);
        }
    }
    if (strncmp(text, "x-", 2) == 0 || strcmp(text, "comment") == 0 || is_listed(ignored, text) || !*text) {
        return KV_OK;
    }
    if (is_listed(for_kernel, text)) {
        return append(&options->kernel, text, NULL);
    }
    if (is_setting(text)) {
        return append(&options->settings, text, value);
    }
    return refuse(message, "unknown option '%s'; kvfs --help lists them", text);
}

static int read_list(struct kvfs_options *options, char *list, kv_message *message)
{
    char *rest = NULL;
    int status = KV_OK;
    for (char *one = strtok_r(list, ",", &rest); one && status == KV_OK; one = strtok_r(NULL, ",", &rest)) {
        status = read_one(options, one, message);
    }
    return status;
}

static int read_word(struct kvfs_options *options, char **arguments, int *at, kv_message *message)
{
    char *word = arguments[*at];
    if (strcmp(word, "-f") == 0) {
        options->is_foreground = true;
    } else if (strcmp(word, "-d") == 0) {
        options->is_foreground = options->is_debug = true;
    } else if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0) {
        options->wants_help = true;
    } else if (strcmp(word, "-V") == 0 || strcmp(word, "--version") == 0) {
        options->wants_version = true;
    } else if (strncmp(word, "-o", 2) == 0) {
        char *list = word[2] ? word + 2 : arguments[*at + 1] ? arguments[++*at] : NULL;
        return list ? read_list(options, list, message) : refuse(message, "%s needs a list of options", "-o");
    } else if (word[0] == '-' && word[1]) {
        return refuse(message, "unknown switch %s; kvfs --help lists them", word);
    } else if (!options->store) {
        options->store = word;
    } else if (!options->mountpoint) {
        options->mountpoint = word;
    } else {
        return refuse(message, "what is '%s'? kvfs takes a STORE and a MOUNTPOINT", word);
    }
    return KV_OK;
}

/* Makes a path absolute that need not exist: a daemon leaves its directory. */
static int resolve_path(struct kvfs_options *options, int slot, const char **path)
{
    char here[PATH_MAX];
    size_t scheme = strspn(*path, "abcdefghijklmnopqrstuvwxyz0123456789+");
    const char *rest = (*path)[scheme] == ':' ? *path + scheme + 1 : *path;
    bool is_file = rest == *path || strncmp(*path, "lmdb:", 5) == 0;
    if (!is_file || rest[0] == '/' || !getcwd(here, sizeof here)) {
        return KV_OK;
    }
    if (asprintf(&options->owned[slot], "%.*s%s/%s", (int)(rest - *path), *path, here, rest) < 0) {
        return KV_ERR_NO_MEMORY;
    }
    *path = options->owned[slot];
    return KV_OK;
}

int kvfs_options_read(int count, char **arguments, struct kvfs_options *ret_options, kv_message *ret_message)
{
    mode_t mask = umask(0);
    umask(mask);
    *ret_options = (struct kvfs_options){.uid = getuid(),
                                         .gid = getgid(),
                                         .fmask = mask,
                                         .dmask = mask,
                                         .session_memory = (size_t)64 << 20,
                                         .timeout = 30,
                                         .pin = 60,
                                         .threads = 16};
    int status = KV_OK;
    for (int i = 1; i < count && status == KV_OK; i++) {
        status = read_word(ret_options, arguments, &i, ret_message);
    }
    if (status < 0 || ret_options->wants_help || ret_options->wants_version) {
        return status;
    }
    if (!ret_options->store || !ret_options->mountpoint) {
        return refuse(ret_message, "%s; kvfs --help tells more", "usage: kvfs [-f] [-d] [-o OPTIONS] STORE MOUNTPOINT");
    }
    if (ret_options->threads < 2) {
        return refuse(ret_message, "%s", "threads must be at least 2: one may wait in a commit");
    }
    status = resolve_path(ret_options, 0, &ret_options->store);
    if (status == KV_OK && ret_options->spool) {
        status = resolve_path(ret_options, 1, &ret_options->spool);
    }
    if (status == KV_OK && ret_options->rescue) {
        status = resolve_path(ret_options, 2, &ret_options->rescue);
    }
    if (status < 0) {
        return refuse(ret_message, "%s", "out of memory");
    }
    /* A dead mount cannot be resolved: its path is taken as it is. */
    ret_options->owned[3] = realpath(ret_options->mountpoint, NULL);
    if (ret_options->owned[3]) {
        ret_options->mountpoint = ret_options->owned[3];
        return KV_OK;
    }
    return resolve_path(ret_options, 3, &ret_options->mountpoint);
}

void kvfs_options_done(struct kvfs_options *options)
{
    for (size_t i = 0; i < sizeof options->owned / sizeof options->owned[0]; i++) {
        free(options->owned[i]);
    }
    free(options->settings);
    free(options->kernel);
}

void kvfs_options_help(void)
{
    printf("usage: kvfs [-f] [-d] [-o OPTIONS] STORE MOUNTPOINT   mount a store\n"
           "       kvfs -u [--discard] MOUNTPOINT                 commit, unmount and wait until that is done\n\n"
           "  -f  stay in the foreground, log to stderr\n"
           "  -d  the same, and log every request\n\n"
           "Options, joined by commas:\n");
    for (size_t i = 0; i < TABLE_SIZE; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s%s%s", table[i].name, table[i].argument ? "=" : "",
                 table[i].argument ? table[i].argument : "");
        printf("  %-24s %s\n", name, table[i].help);
    }
    printf("  nosuid,nodev,noexec,…    as mount(8) has them\n");
    kv_backend_info info;
    for (unsigned i = 0; kv_backend_list(i, &info) == KV_OK; i++) {
        printf("\n%s: %s\n", info.scheme, info.summary);
        for (const char *line = info.options; line && *line;) {
            int length = (int)strcspn(line, "\n");
            printf("  %.*s\n", length, line);
            line += length + (line[length] == '\n');
        }
    }
}
