/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM anygw

#if !defined(ANYGW_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define ANYGW_TRACE_H

#include <linux/netdevice.h>
#include <linux/tracepoint.h>

#include "core/reasons.h"

DECLARE_EVENT_CLASS(anygw_frame,

	TP_PROTO(const struct net_device *gateway,
		 const struct net_device *port, enum anygw_reason reason),

	TP_ARGS(gateway, port, reason),

	TP_STRUCT__entry(
		__array(char, gateway, IFNAMSIZ)
		__array(char, port, IFNAMSIZ)
		__array(char, reason, 24)
	),

	TP_fast_assign(
		strscpy(__entry->gateway, gateway ? gateway->name : "-", IFNAMSIZ);
		strscpy(__entry->port, port ? port->name : "-", IFNAMSIZ);
		strscpy(__entry->reason, anygw_reason_name(reason), 24);
	),

	TP_printk("gateway=%s port=%s reason=%s", __entry->gateway,
		  __entry->port, __entry->reason)
);

#define ANYGW_FRAME_EVENT(name)						\
DEFINE_EVENT(anygw_frame, name,						\
	TP_PROTO(const struct net_device *gateway,			\
		 const struct net_device *port, enum anygw_reason reason), \
	TP_ARGS(gateway, port, reason)					\
)

/* A frame from an access port, or a reply, is delivered to the gateway. */
ANYGW_FRAME_EVENT(anygw_capture);

/* A frame is translated at egress. */
ANYGW_FRAME_EVENT(anygw_translate);

ANYGW_FRAME_EVENT(anygw_drop);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
