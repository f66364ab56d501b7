/* OpenSSL on another system than the one it was built for.

   Where certificates of authorities are was fixed when OpenSSL was compiled, and differs between distributions. It first
   asks the environment (secure_getenv), so that is where it is told: only if the variable is not set, and only if the
   system has nothing where OpenSSL would look. The places tried are those of Go's crypto/x509 (root_linux.go).

   Its configuration file could load code and weaken what the program asked for, and is meant for the system's own
   OpenSSL: it is read only if OPENSSL_CONF names one. */

#include "interposed.h"
#include "loader/loader.h"
#include "loader/objects.h"
#include "world/world.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef const char *(*path_function)(void);

/* When OpenSSL is part of libpython. */
__attribute__((weak)) const char *X509_get_default_cert_file(void);
__attribute__((weak)) const char *X509_get_default_cert_dir(void);

static const char *const files[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Ubuntu, Gentoo */
    "/etc/pki/tls/certs/ca-bundle.crt",                  /* Fedora, RHEL 6 */
    "/etc/ssl/ca-bundle.pem",                            /* openSUSE */
    "/etc/pki/tls/cacert.pem",                           /* OpenELEC */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* CentOS, RHEL 7 */
    "/etc/ssl/cert.pem",                                 /* Alpine */
    NULL,
};

static const char *const folders[] = {
    "/etc/ssl/certs",     /* SLES 10 and 11 */
    "/etc/pki/tls/certs", /* Fedora, RHEL */
    NULL,
};

static bool
is_file(const char *path)
{
    return access(path, R_OK) == 0;
}

static bool
has_entries(const char *path)
{
    DIR *folder = opendir(path);
    bool found = false;
    for (struct dirent *entry; folder && !found && (entry = readdir(folder));) {
        found = entry->d_name[0] != '.';
    }
    if (folder) {
        closedir(folder);
    }
    return found;
}

/* What a function of the OpenSSL that asks says; NULL when it has no such function. */
static const char *
compiled_in(const struct bundle_object *asking, const char *name, path_function own)
{
    path_function function = asking ? (path_function)bundle_object_symbol(asking, name) : own;
    return function ? function() : NULL;
}

static const char *
first(const char *const *paths, bool (*is_good)(const char *path))
{
    while (*paths && !is_good(*paths)) {
        paths++;
    }
    return *paths;
}

char *
__wrap_secure_getenv(const char *name)
{
    char *value = __real_secure_getenv(name);
    if (bundle_is_recording()) {
        bundle_note("variable", name);
        bundle_note_variable(name, value);
    }
    if (value) {
        return value;
    }
    if (strcmp(name, "OPENSSL_CONF") == 0) {
        return (char *)""; /* no file */
    }
    bool wants_file = strcmp(name, "SSL_CERT_FILE") == 0;
    if (!wants_file && strcmp(name, "SSL_CERT_DIR") != 0) {
        return NULL;
    }
    const struct bundle_object *asking = bundle_object_at(__builtin_return_address(0));
    const char *file = compiled_in(asking, "X509_get_default_cert_file", X509_get_default_cert_file);
    const char *folder = compiled_in(asking, "X509_get_default_cert_dir", X509_get_default_cert_dir);
    if (!file || !folder || is_file(file) || has_entries(folder)) {
        return NULL;
    }
    return (char *)(wants_file ? first(files, is_file) : first(folders, has_entries));
}

/* --- Generators of random numbers ------------------------------------------------------------------------------------ */

/* Functions of OpenSSL 3: EVP_RAND(3). */
struct generators {
    int (*uninstantiate)(void *generator);
    int (*instantiate)(void *generator, unsigned strength, int is_resistant, const unsigned char *text, size_t size,
                       const void *parameters);
    int (*generate)(void *generator, unsigned char *out, size_t size, unsigned strength, int is_resistant,
                    const unsigned char *text, size_t text_size);
};

/* Those of an object that has seeded such generators. */
static bool
find_generators(const struct bundle_object *object, struct generators *out)
{
    out->uninstantiate = bundle_object_symbol(object, "EVP_RAND_uninstantiate");
    out->instantiate = bundle_object_symbol(object, "EVP_RAND_instantiate");
    out->generate = bundle_object_symbol(object, "EVP_RAND_generate");
    return out->uninstantiate && out->instantiate && out->generate && bundle_took_chance(object->base, object->end);
}

void
bundle_begin_openssl_anew(void)
{
    static const char *const getters[] = {"RAND_get0_primary", "RAND_get0_public", "RAND_get0_private"};
    uint32_t count;
    const uint32_t *order = bundle_loaded_objects(&count);
    for (uint32_t i = 0; i < count; i++) {
        const struct bundle_object *object = &bundle.objects[order[i]];
        struct generators functions;
        if (!find_generators(object, &functions)) {
            continue;
        }
        for (size_t j = 0; j < sizeof getters / sizeof *getters; j++) {
            void *(*get)(void *library) = bundle_object_symbol(object, getters[j]);
            void *generator = get ? get(NULL) : NULL;
            unsigned char bytes[16]; /* what is left of the last ones it gave is overwritten, too */
            if (generator && functions.uninstantiate(generator)) {
                functions.instantiate(generator, 0, 0, NULL, 0, NULL);
                functions.generate(generator, bytes, sizeof bytes, 0, 0, NULL, 0);
            }
        }
    }
}
