#pragma once
#include <curl/curl.h>
#include <sys/socket.h>

// curl_easy_setopt, curl_multi_setopt and curl_easy_getinfo take a variable argument list, which Swift
// can't call; these name the type of that argument.

static inline CURLcode gatehouse_setopt_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode gatehouse_setopt_large(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode gatehouse_setopt_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode gatehouse_setopt_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

typedef size_t (*gatehouse_data_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode gatehouse_setopt_data_callback(
    CURL *handle, CURLoption option, gatehouse_data_callback callback) {
    return curl_easy_setopt(handle, option, callback);
}

static inline CURLcode gatehouse_getinfo_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode gatehouse_getinfo_string(CURL *handle, CURLINFO info, const char **value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode gatehouse_getinfo_pointer(CURL *handle, CURLINFO info, void **value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode gatehouse_getinfo_large(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

// A composed macro, which Swift can't read.
static inline CURLcode gatehouse_global_init(void) {
    return curl_global_init(CURL_GLOBAL_ALL);
}

// libcurl opens its sockets without close-on-exec, so a command started meanwhile would inherit them.
static inline curl_socket_t gatehouse_open_socket(
    void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)context;
    (void)purpose;
#ifdef SOCK_CLOEXEC
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
#else
    return socket(address->family, address->socktype, address->protocol);
#endif
}

static inline CURLcode gatehouse_setopt_close_on_exec(CURL *handle) {
    return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, gatehouse_open_socket);
}

static inline CURLMcode gatehouse_multi_setopt_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// The result stands in a union, which Swift reads awkwardly.
static inline CURLcode gatehouse_message_result(const CURLMsg *message) {
    return message->data.result;
}

typedef int (*gatehouse_socket_callback)(
    CURL *handle, curl_socket_t socket, int what, void *context, void *socketContext);
typedef int (*gatehouse_timer_callback)(CURLM *multi, long milliseconds, void *context);

// Has libcurl tell which sockets it waits for, and until when.
static inline CURLMcode gatehouse_multi_watch(
    CURLM *multi, gatehouse_socket_callback sockets, gatehouse_timer_callback timer, void *context) {
    CURLMcode result = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, sockets);
    if (result == CURLM_OK) result = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    if (result == CURLM_OK) result = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
    if (result == CURLM_OK) result = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
    return result;
}
